import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an executable starts with, and what that reads: options of Node's Single Executable Applications. */
export interface Code {
  readonly main: string;
  readonly assets: Readonly<Record<string, string>>;
}

const MAIN = join(import.meta.dirname, 'start.cjs');
const WARM = join(import.meta.dirname, 'warm.ts');

/** As Node wraps a module. One line, so that stack traces count lines as the bundle does. */
const HEAD = '(function (exports, require, module, __filename, __dirname) {';
const TAIL = '\n})';

/** Against what changes some bytes of a cache from run to run: seeds, code that is forgotten, compilers that come by chance. */
const STEADY = ['--hash-seed=1', '--random-seed=1', '--no-flush-bytecode', '--no-sparkplug', '--no-maglev', '--no-opt'];

/** Reads a cache and writes it again: its numbers then follow the source, and not the order in which answers came. */
const SETTLE = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const [, source, cache] = process.argv;
  const options = { filename: 'kubectl-bluegreen', cachedData: readFileSync(cache) };
  writeFileSync(cache, new (require('node:vm').Script)(readFileSync(source, 'latin1'), options).createCachedData());`;

/**
 * Prepares a bundle to start inside an executable. With `node`, a Node that runs here and is the one that will be in it, the
 * code that it compiled while the bundle switched a release goes with it: V8 compiles a tenth of the time of a command
 * otherwise. The same bundle gives the same bytes.
 *
 * @param name path of the files to write, without their ends
 */
export function prepareCode(bundle: string, name: string, node: string | null): Code {
  const [source, cache] = [`${name}.source.cjs`, `${name}.cache`];
  writeFileSync(source, `${HEAD}${readFileSync(bundle, 'utf8')}${TAIL}`);
  if (node === null) return { main: MAIN, assets: { source } };
  execFileSync(node, [...STEADY, WARM, source, cache], { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  execFileSync(node, [...STEADY, '-e', SETTLE, source, cache], { env: {} });
  writeFileSync(cache, forPlainFlags(readFileSync(cache), node));
  return { main: MAIN, assets: { source, cache } };
}

/** Where V8 keeps a hash of its flags: V8 rejects a cache made with others, though these change nothing in it. */
const FLAGS = { start: 12, end: 16 };

function forPlainFlags(cache: Buffer, node: string): Buffer {
  const print = `process.stdout.write(new (require('node:vm').Script)('0').createCachedData())`;
  const plain = execFileSync(node, ['-e', print], { env: {} });
  const changed = Buffer.from(cache);
  plain.copy(changed, FLAGS.start, FLAGS.start, FLAGS.end);
  return changed;
}
