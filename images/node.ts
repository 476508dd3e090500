import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../scripts/lib/problem.ts';
import { runOk } from '../scripts/lib/run.ts';
import { BASE, program } from './base.ts';
import type { Entry } from './tar.ts';

const BINARY = join(import.meta.dirname, '..', 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');

async function makeNodeLayer(): Promise<Entry[]> {
  if (!existsSync(BINARY)) {
    throw new Problem(`${BINARY} is missing: images hold the Node that package-lock.json pins. Run npm ci on Linux.`);
  }
  const listed = await runOk('ldd', [BINARY]);
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  const files = libraries.map((path) => program(realpathSync(path), path.slice(1)));
  return [...BASE, program(BINARY, 'usr/bin/node'), ...files];
}

let madeNodeLayer: Promise<Entry[]> | undefined;

/**
 * The Node that package-lock.json pins, and this machine's copies of the libraries that it is linked with, at the paths
 * where it looks for them.
 */
export function nodeLayer(): Promise<Entry[]> {
  return (madeNodeLayer ??= makeNodeLayer());
}
