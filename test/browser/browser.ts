// A real browser for tests: Debian's Chromium, which the set-up installs, driven by playwright-core.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { Problem } from '../../scripts/lib/problem.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser's program on PATH. Throws a Problem that names the command which installs it. */
function program(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Problem(
    'The tests of the dashboard need Chromium. Fix, as root: apt-get update && apt-get install -y --no-install-recommends chromium',
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a browser without a window, which asks no server but those that a test names. Names of `example` lead to this
 * machine.
 */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP *.example 127.0.0.1',
    ],
  });
}
