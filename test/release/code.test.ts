import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isAscii } from 'node:buffer';
import { join } from 'node:path';
import t from 'tap';
import { BUILT } from '../runner/build-once.ts';
import { bundle } from '../../scripts/build.ts';
import { prepareCode } from '../../scripts/executable/code.ts';

const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'plugin.cjs');

if (!Object.keys(BUILT).every((name) => process.env[name] !== undefined) || !existsSync(BUNDLE)) await bundle('plugin');

/** Whether a Node without flags takes the code that was compiled for it. */
function isTaken({ source = '', cache = '' }: Readonly<Record<string, string>>): boolean {
  const look = `
    const { readFileSync } = require('node:fs');
    const cachedData = readFileSync(${JSON.stringify(cache)});
    const { cachedDataRejected } = new (require('node:vm').Script)(readFileSync(${JSON.stringify(source)}, 'latin1'), { cachedData });
    process.exitCode = cachedDataRejected ? 1 : 0;`;
  try {
    execFileSync(process.execPath, ['-e', look]);
    return true;
  } catch {
    return false;
  }
}

t.test('the code of an executable is compiled by a switch, and taken by a Node without flags', async (t) => {
  const { assets } = prepareCode(BUNDLE, join(t.testdir(), 'plugin'), process.execPath);
  t.ok(isTaken(assets));
  t.ok(isAscii(readFileSync(BUNDLE)), 'each character of the bundle is a byte, which V8 reads without a copy');
});

t.test('it is the same each time', async (t) => {
  const [first, second] = ['a', 'b'].map((name) => {
    const { cache = '' } = prepareCode(BUNDLE, join(t.testdir(), name), process.execPath).assets;
    return readFileSync(cache);
  });
  t.ok(first?.length);
  t.ok(second?.equals(first ?? Buffer.alloc(0)));
});

t.test('for another platform there is the source alone', async (t) => {
  t.strictSame(Object.keys(prepareCode(BUNDLE, join(t.testdir(), 'plugin'), null).assets), ['source']);
});
