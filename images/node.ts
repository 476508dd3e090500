import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { runOk } from '../scripts/lib/run.ts';
import { BASE, program } from './base.ts';
import type { Entry } from './tar.ts';

const ROOT = join(import.meta.dirname, '..');

const nodeBinary = (): string => {
  const packaged = join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  return existsSync(packaged) ? packaged : process.execPath;
};

const makeNodeLayer = async (): Promise<Entry[]> => {
  const binary = nodeBinary();
  const listed = await runOk('ldd', [binary]);
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  const files = libraries.map((path) => program(realpathSync(path), path.slice(1)));
  return [...BASE, program(binary, 'usr/bin/node'), ...files];
};

let madeNodeLayer: Promise<Entry[]> | undefined;

/** Node and the libraries that it is linked with, at the paths where it looks for them. */
export const nodeLayer = (): Promise<Entry[]> => (madeNodeLayer ??= makeNodeLayer());
