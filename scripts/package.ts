// Makes the plugin's executable for this machine, dist/kubectl-bluegreen: the bundled plugin inside Node's own binary
// (Single Executable Application), with the code that V8 compiles of it. For other platforms: npm run release
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

import sea from '@yao-pkg/pkg/lib-es5/sea.js';

import { prepareCode } from './executable/code.ts';
import { copyStripped } from './executable/strip.ts';
import { SEA } from './sea.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Path of a copy of this Node without what the plugin never uses. */
function strippedNode(): string {
  const folder = join(DIST, 'work', 'stripped');
  mkdirSync(folder, { recursive: true });
  const node = join(folder, 'node');
  copyStripped(process.execPath, node);
  return node;
}

async function packageForThisMachine(): Promise<void> {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts'), 'plugin'], { stdio: 'inherit' });
  const name = process.platform === 'win32' ? 'kubectl-bluegreen.exe' : 'kubectl-bluegreen';
  const output = join(DIST, name);
  // Made beside its place and moved there whole: the present one may be running.
  const draft = join(DIST, `${process.pid}-${name}`);
  mkdirSync(join(DIST, 'work'), { recursive: true });
  const { main, assets } = prepareCode(join(DIST, 'plugin.cjs'), join(DIST, 'work', 'plugin'), process.execPath);
  await sea.default(main, {
    nodePath: process.platform === 'linux' ? strippedNode() : process.execPath,
    targets: [{ nodeRange: 'node24', platform: platformName(), arch: process.arch, output: draft }],
    seaConfig: { ...SEA, useCodeCache: true, assets },
  });
  renameSync(draft, output);
  process.stdout.write(`${output} (${Math.round(statSync(output).size / 1_000_000)} MB)\n`);
}

function platformName(): 'linux' | 'macos' | 'win' {
  if (process.platform === 'darwin') return 'macos';
  return process.platform === 'win32' ? 'win' : 'linux';
}

if (import.meta.main) await packageForThisMachine();
