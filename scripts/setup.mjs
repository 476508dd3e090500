// Makes a fresh clone ready: npm packages always, with --cluster the Debian packages and Go programs of the test cluster,
// and with --browser a browser. Plain JavaScript for Node 20 without dependencies, because it runs before anything is installed.
// A second run changes nothing and takes a fraction of a second.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const MODULES = join(ROOT, 'node_modules');
const PLATFORMS_WITH_NODE = new Set(['linux-x64', 'linux-arm64', 'darwin-x64']);
const OLDEST_NODE = [22, 19];
const OLDEST_GO = [1, 26];
const POLICY = '/usr/sbin/policy-rc.d';

// Programs that the test cluster needs, and the Debian package each comes from.
const DEBIAN = {
  containerd: 'containerd',
  ctr: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  runc: 'runc',
  nft: 'nftables',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
  openssl: 'openssl',
  tmux: 'tmux',
};
/** With --browser: what the tests of the dashboard and its pictures need as well. */
const BROWSER = { chromium: 'chromium' };
const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin'];

/** A problem that the person at the terminal has to solve; its message says how. */
class SetupError extends Error {}

/** @param {string} text */
function say(text) {
  console.error(`setup: ${text}`);
}

/**
 * @param {string} program
 * @returns {boolean} whether it can be run from PATH
 */
function onPath(program) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean }} options quiet: errors only
 */
function run(command, args, { env = {}, quiet = false } = {}) {
  return (
    spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', quiet ? 'ignore' : 2, 2], env: { ...process.env, ...env } })
      .status === 0
  );
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

/** @returns {Record<string, { version: string, integrity?: string, os?: string[], cpu?: string[], libc?: string[] }>} */
function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** Whether a package is for another platform than this one, or may be. */
function elsewhere({ os, cpu, libc }) {
  return os?.includes(process.platform) === false || cpu?.includes(process.arch) === false || libc !== undefined;
}

/**
 * Whether npm has installed what the lock file names, by the lock file that npm keeps of what is there: the file may have
 * changed without that.
 */
function isInstalled() {
  const kept = join(MODULES, '.package-lock.json');
  if (!existsSync(kept)) {
    return false;
  }
  const present = packagesIn(kept);
  const { '': _, ...wanted } = packagesIn(join(ROOT, 'package-lock.json'));
  function same(path) {
    return present[path]?.version === wanted[path]?.version && present[path]?.integrity === wanted[path]?.integrity;
  }
  return (
    Object.entries(wanted).every(([path, entry]) => (path in present ? same(path) : elsewhere(entry))) &&
    Object.keys(present).every((path) => path in wanted)
  );
}

function installPackages() {
  const stamp = join(MODULES, '.bluegreen-lock');
  const hash = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    return;
  }
  if (!isInstalled()) {
    say('installing the npm packages (npm ci; about a minute, less with a warm npm cache) ...');
    if (!run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])) {
      throw new SetupError('npm ci failed; its own message is above. After solving it, run the same command again.');
    }
  }
  // A new file: node_modules may share its files with a copy of itself.
  rmSync(stamp, { force: true });
  writeFileSync(stamp, hash);
}

/**
 * @param {string} version such as 1.26.8
 * @param {readonly number[]} oldest
 */
function atLeast(version, oldest) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** @returns {string} the Node that runs the project's TypeScript */
function nodeForTypeScript() {
  const bundled = join(MODULES, '.bin', 'node');
  if (existsSync(bundled)) {
    return bundled;
  }
  if (atLeast(process.versions.node, OLDEST_NODE)) {
    return process.execPath;
  }
  const platform = `${process.platform}-${process.arch}`;
  const hint = PLATFORMS_WITH_NODE.has(platform)
    ? 'it is an optional npm dependency that was left out: run npm ci --include=optional'
    : `there is no npm package of it for ${platform}: install Node 24 from https://nodejs.org and run this again`;
  throw new SetupError(`Node 24 is missing (this is ${process.versions.node}); ${hint}.`);
}

function missingDebianPackages() {
  const programs = { ...DEBIAN, ...(process.argv.includes('--browser') ? BROWSER : {}) };
  const missing = Object.entries(programs).flatMap(([program, name]) => (onPath(program) ? [] : [name]));
  const cni = CNI_FOLDERS.some((folder) => existsSync(join(folder, 'bridge')));
  return [...new Set(cni ? missing : [...missing, 'containernetworking-plugins'])];
}

/**
 * Installs packages without letting their daemons start: the test cluster runs containerd by itself.
 * @param {string[]} packages
 */
function aptInstall(packages) {
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  }
  try {
    function install() {
      return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
        quiet: true,
      });
    }
    return install() || (run('apt-get', ['update', '-qq']) && install());
  } finally {
    if (ownPolicy) {
      rmSync(POLICY, { force: true });
    }
  }
}

function installDebian() {
  if (process.platform !== 'linux') {
    throw new SetupError(
      `the test cluster needs Linux (this is ${process.platform}). Use a cluster of your own: ` +
        'npm run cluster -- --context NAME --registry HOST/PATH',
    );
  }
  const packages = missingDebianPackages();
  const root = process.getuid?.() === 0;
  if (packages.length === 0 && root) {
    return;
  }
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (packages.length === 0) {
    throw new SetupError('the test cluster needs root (namespaces, mounts, network). Run the same command as root.');
  }
  if (!root) {
    throw new SetupError(`packages of the test cluster are missing. Fix, as root: ${command}`);
  }
  if (!onPath('apt-get')) {
    throw new SetupError(`not found: ${packages.join(', ')}. Install them; on Debian: ${command}`);
  }
  say(`installing Debian packages: ${packages.join(' ')} (about half a minute) ...`);
  if (!aptInstall(packages) || missingDebianPackages().length > 0) {
    throw new SetupError(
      `apt-get could not install ${packages.join(' ')}. Its own message is above; by hand: ${command}`,
    );
  }
}

function checkGo() {
  const hint = `install Go ${OLDEST_GO.join('.')} or later from https://go.dev/dl and put its bin folder on PATH`;
  if (!onPath('go')) {
    throw new SetupError(`go is missing; it builds the programs of the test cluster. Fix: ${hint}.`);
  }
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const version = /go(\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? '';
  if (!atLeast(version, OLDEST_GO)) {
    throw new SetupError(`go ${version || 'of an unknown version'} is too old. Fix: ${hint}.`);
  }
}

function buildClusterPrograms(/** @type {string} */ node) {
  const builder = join(ROOT, 'test', 'cluster', 'tools', 'main.ts');
  if (run(node, [builder, '--check'])) {
    return;
  }
  checkGo();
  if (!run(node, [builder])) {
    throw new SetupError('the programs of the test cluster could not be built; the message above says which and why.');
  }
}

function main() {
  installPackages();
  const node = nodeForTypeScript();
  if (process.argv.includes('--cluster')) {
    installDebian();
    buildClusterPrograms(node);
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) {
    throw error;
  }
  say(error.message);
  process.exitCode = 1;
}
