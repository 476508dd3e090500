import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Program } from './tool.ts';
import { run } from '../../../scripts/lib/run.ts';

const VERSION = /\bv?(\d+\.\d+\.\d+(?:[-+][\w.-]+)?)/;
/** Helm adds the commit that its release was built from. */
const COMMIT = /\+g[0-9a-f]+$/;

/** Whether what a program printed begins with exactly this version: no candidate, no distribution's own build. */
export function tells(output: string, version: string): boolean {
  return VERSION.exec(output)?.[1]?.replace(COMMIT, '') === version;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where a program is that PATH has: the first is the one that runs. */
export function onPath(name: string, { PATH = '' }: NodeJS.ProcessEnv = process.env): string | undefined {
  return PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(canRun);
}

/** The machine's own program of exactly the wanted version, if PATH has one. The first on PATH is the one that counts. */
export async function readyMade(
  { name, readyMade: wanted }: Program,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const path = onPath(name, env);
  if (wanted === undefined || path === undefined) return undefined;
  const { code, stdout } = await run(path, wanted.args);
  return code === 0 && tells(stdout, wanted.version) ? path : undefined;
}
