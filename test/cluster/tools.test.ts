import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { COMPLETE, isComplete, missingTools, toolFile, toolFolder } from './tools/cache.ts';
import { CATALOG, pinsOf } from './tools/catalog.ts';
import { withLock } from './tools/lock.ts';
import { runOk } from '../../scripts/lib/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const [kubernetes] = CATALOG;

t.test('a build counts only when it is whole', async (t) => {
  const root = t.testdir();
  const tool = kubernetes ?? t.fail('there is a tool');
  if (typeof tool === 'boolean') {
    return;
  }
  const folder = toolFolder(tool, root);
  t.notOk(isComplete(folder), 'nothing there');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kubectl'), 'binary');
  t.notOk(isComplete(folder), 'no list of its files');
  writeFileSync(join(folder, COMPLETE), '{"kubectl":6');
  t.notOk(isComplete(folder), 'a list cut short');
  writeFileSync(join(folder, COMPLETE), '{"kubectl":6}');
  t.ok(isComplete(folder));
  t.notOk(missingTools([], root).includes(tool));
  writeFileSync(join(folder, 'kubectl'), 'bin');
  t.notOk(isComplete(folder), 'a file cut short');
  t.throws(() => toolFile('kubernetes', 'kubectl', root), /kubectl is not built yet.*setup.mjs --cluster/);
});

t.test('tools on demand are built only when they are named', async (t) => {
  const root = t.testdir();
  function ids(named: string[]): string[] {
    return missingTools(named, root).map(({ id }) => id);
  }
  t.notOk(ids([]).includes('traefik2'));
  t.same(ids(['traefik2']), ['traefik2']);
  t.throws(() => ids(['docker']), /no tool called docker.*kubernetes/);
});

t.test('an interrupted set-up goes on with the tools that are left, in their order', async (t) => {
  const root = t.testdir();
  const wanted = CATALOG.filter(({ onDemand }) => !onDemand);
  for (const tool of wanted.slice(0, 2)) {
    mkdirSync(toolFolder(tool, root), { recursive: true });
    writeFileSync(join(toolFolder(tool, root), COMPLETE), '{}');
  }
  t.same(missingTools([], root), wanted.slice(2));
});

function pinned(folder: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(import.meta.dirname, 'tools', folder, 'go.mod'), 'utf8');
  return new Map(
    [...text.matchAll(/^\t(\S+) v(\S+)(?: \/\/ indirect)?$/gm)].map(([, module = '', version = '']) => [
      module,
      version,
    ]),
  );
}

t.test('a module has the same version wherever it is named', async (t) => {
  for (const tool of CATALOG) {
    const { id, version, files, module } = tool;
    const originals = pinned(pinsOf(tool));
    for (const file of files) t.equal(originals.get(file.module), version, `${file.module} of ${id}`);
    if (module === undefined) continue;
    for (const changed of Object.values(module.changed)) {
      t.equal(pinned(module.folder).get(changed), originals.get(changed), `${changed} in ${module.folder}`);
    }
  }
  const versions = new Map(CATALOG.map(({ id, version }) => [id, version]));
  const programs = pinned('programs');
  t.equal(programs.get('k8s.io/kubernetes'), versions.get('kubernetes'));
  t.equal(programs.get('helm.sh/helm/v3'), versions.get('helm'));
  t.equal(programs.get('github.com/coredns/coredns'), versions.get('coredns'));
  t.equal(programs.get('sigs.k8s.io/gateway-api'), versions.get('gateway-api-crds'), 'as Traefik reads it');
  const etcd = CATALOG.flatMap((tool) => tool.programs).find(({ name }) => name === 'etcd');
  t.equal(programs.get('go.etcd.io/etcd/server/v3'), etcd?.readyMade?.version);
});

t.test('a lock is waited for, and taken over from a dead owner', async (t) => {
  const path = join(t.testdir(), 'locks', 'lock');
  const order: string[] = [];
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = withLock(
    path,
    () => {},
    async () => {
      begun.resolve();
      await held.promise;
      order.push('first');
    },
  );
  await begun.promise;
  const waiting = Promise.withResolvers<void>();
  const second = withLock(path, waiting.resolve, async () => void order.push('second'));
  await waiting.promise;
  held.resolve();
  await Promise.all([first, second]);
  t.same(order, ['first', 'second']);

  const script = `
    const { withLock } = await import(${JSON.stringify(join(import.meta.dirname, 'tools', 'lock.ts'))});
    await withLock(${JSON.stringify(path)}, () => {}, () => { console.log('held'); return new Promise(() => {}); });
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await withLock(
    path,
    () => {},
    async () => void order.push('third'),
  );
  t.equal(order.at(-1), 'third');
});

t.test('a program that fails or is missing is named with its words', async (t) => {
  await t.rejects(runOk('sh', ['-c', 'echo because >&2; exit 3']), /sh -c .* failed with status 3:\nbecause/s);
  await t.rejects(runOk('/nowhere/program', []), /Cannot run \/nowhere\/program/);
});

// A clone without node_modules, in which npm only says that it was called.
function clone(dir: string): { root: string; path: string } {
  const root = join(dir, 'clone');
  const bin = join(dir, 'bin');
  mkdirSync(join(root, 'scripts'), { recursive: true });
  mkdirSync(bin);
  cpSync(join(ROOT, 'scripts', 'setup.mjs'), join(root, 'scripts', 'setup.mjs'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  const npm =
    '#!/bin/sh\nmkdir -p node_modules/.bin && ln -sf "$NODE" node_modules/.bin/node && touch npm-was-called\n';
  writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
  return { root, path: `${bin}:${process.env['PATH']}` };
}

t.test('setup installs the packages once, and again when the lock file changes', async (t) => {
  const { root, path } = clone(t.testdir());
  function setup(): string {
    const env = { ...process.env, PATH: path, NODE: process.execPath };
    return spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs')], { encoding: 'utf8', env }).stderr;
  }
  const called = join(root, 'npm-was-called');
  t.match(setup(), /installing the npm packages.*about a minute/);
  t.ok(existsSync(called));
  rmSync(called);
  t.equal(setup(), '', 'a second run says nothing');
  t.notOk(existsSync(called));
  writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
  t.match(setup(), /installing/);
  t.ok(existsSync(called));
});

t.test('setup says what to do when npm fails', async (t) => {
  const { root, path } = clone(t.testdir());
  writeFileSync(join(root, '..', 'bin', 'npm'), '#!/bin/sh\necho offline >&2; exit 1\n', { mode: 0o755 });
  const env = { ...process.env, PATH: path };
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs')], {
    encoding: 'utf8',
    env,
  });
  t.equal(status, 1);
  t.match(stderr, /offline.*npm ci failed.*run the same command again/s);
  t.notMatch(stderr, /at .*setup\.mjs/, 'no stack trace');
});
