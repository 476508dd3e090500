// Makes dist/kubectl-bluegreen, one executable for the machine it runs on: the bundled plugin inside Node's own binary
// (Single Executable Application), with V8's code cache so that nothing is compiled at start.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

import sea from '@yao-pkg/pkg/lib-es5/sea.js';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Puts a bundle into the Node binary that runs this script. */
export async function makeExecutable(bundle: string, output: string): Promise<void> {
  const seaConfig = {
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: true,
    // A user's NODE_OPTIONS must not reach the plugin.
    execArgvExtension: 'none',
  };
  await sea.default(bundle, {
    nodePath: process.execPath,
    targets: [{ nodeRange: 'node24', platform: platformName(), arch: process.arch, output }],
    seaConfig,
  });
}

function platformName(): 'linux' | 'macos' | 'win' {
  if (process.platform === 'darwin') return 'macos';
  return process.platform === 'win32' ? 'win' : 'linux';
}

async function main(): Promise<void> {
  const bundle = join(DIST, 'plugin.cjs');
  const output = join(DIST, process.platform === 'win32' ? 'kubectl-bluegreen.exe' : 'kubectl-bluegreen');
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts'), 'plugin'], { stdio: 'inherit' });
  await makeExecutable(bundle, output);
  process.stdout.write(`${output} (${Math.round(statSync(output).size / 1_000_000)} MB)\n`);
}

if (import.meta.main) await main();
