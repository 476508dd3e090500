import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of commands on a page. */
export interface Commands {
  readonly text: string;
  /** Why no test runs it as it is on the page; null for one that is run. */
  readonly notRun: string | null;
}

const ROOT = join(import.meta.dirname, '../..');

/** The `sh` blocks of a page, by its path from the root, without their indentation. A comment before one marks it as not run. */
export function commandsOf(page: string): readonly Commands[] {
  const pattern = /(?:^ *<!-- not run: (.+) -->\n)?^( *)```sh\n([^]*?)^ *```$/gm;
  return [...readFileSync(join(ROOT, page), 'utf8').matchAll(pattern)].map(([, notRun, indent = '', block = '']) => ({
    text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trim(),
    notRun: notRun ?? null,
  }));
}
