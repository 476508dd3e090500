import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from './links.ts';

/** The files of a built site. */
export function readSite(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, path.endsWith('.html') ? readFileSync(join(folder, path), 'utf8') : '']),
  );
}
