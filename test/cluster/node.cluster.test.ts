import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { bareImages, installDemo, installTraefik, Problem, startCluster } from './index.ts';
import type { Cluster } from './index.ts';
import { until } from './node/api.ts';
import { run } from '../../scripts/lib/run.ts';

const GONE_MS = 10_000;

/** What a running node has on this machine, by identity: its slot may be another cluster's a moment later. */
interface Traces {
  readonly dir: string;
  readonly link: string;
  readonly cgroups: Readonly<Record<string, number>>;
}

function inode(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

async function traces(slot: number, dir: string): Promise<Traces> {
  const { stdout } = await run('ip', ['-o', 'link', 'show', `bluegreen${slot}`]);
  const roots = ['/sys/fs/cgroup', ...readdirSync('/sys/fs/cgroup').map((name) => join('/sys/fs/cgroup', name))];
  const cgroups = roots.map((root) => join(root, `bluegreen${slot}`)).filter((path) => existsSync(path));
  return {
    dir,
    link: /^\d+: [^:]+/.exec(stdout)?.[0] ?? '',
    cgroups: Object.fromEntries(cgroups.map((path) => [path, inode(path)])),
  };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
  } catch {
    return '';
  }
}

/** What is left of a node: processes, mounts, the interface (and with it the route), cgroups, its folder. */
async function remains({ dir, link, cgroups }: Traces): Promise<string[]> {
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(dir));
  const { stdout: links } = await run('ip', ['-o', 'link']);
  return [
    ...(existsSync(dir) ? [dir] : []),
    ...processes.map((pid) => `process ${pid}`),
    ...(readFileSync('/proc/self/mounts', 'utf8').includes(dir) ? ['mounts'] : []),
    ...(link !== '' && links.includes(link) ? [link] : []),
    ...Object.keys(cgroups).filter((path) => inode(path) === cgroups[path]),
  ];
}

/** The files below a folder by their identity. */
function filesIn(folder: string): Map<number, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [inode(path), path]));
}

function isGone(traces: Traces): Promise<boolean> {
  return until(async () => (await remains(traces)).length === 0, GONE_MS);
}

async function ask(url: string, host: string): Promise<{ status: number; body: string }> {
  const [response] = await once(get(url, { headers: { host } }), 'response');
  return { status: response.statusCode, body: await text(response) };
}

function answers(url: string, version: string): Promise<boolean> {
  return until(async () => (await ask(url, 'podinfo.localhost')).body.includes(`"version":"${version}"`), GONE_MS);
}

t.test('two clusters side by side, one with the examples behind Traefik', async (t) => {
  const images = await bareImages();
  const [first, second] = await Promise.all([startCluster({ images }), startCluster({ images })]);
  t.teardown(() => Promise.all([first.stop(), second.stop()]));
  t.not(first.slot, second.slot);
  t.match(await second.kubectlOk(['get', 'nodes']), /node1 +Ready/);
  const traefik = await installTraefik(first);
  await installDemo(first);
  t.ok(await answers(traefik.url, '6.1.5'), 'production is blue');

  await t.test('nodes may share the files of large layers, and nothing that is written', async (t) => {
    const [one, two] = [first, second].map(({ dir }) => filesIn(join(dir, 'containerd')));
    const shared = [...(one ?? [])].flatMap(([file, path]) => (two?.has(file) === true ? [path] : []));
    t.ok((one?.size ?? 0) > 0);
    t.same(
      shared.filter((path) => !/\/blobs\/sha256\/|\/snapshots\/\d+\/fs\//.test(path)),
      [],
    );
  });

  await t.test('the preview answers by its name inside the cluster', async (t) => {
    const script = `fetch('http://green.demo-bluegreen/').then((r) => r.text()).then(console.log)`;
    const exec = ['-n', 'demo-bluegreen', 'exec', 'deployment/blue', '--', '/usr/bin/node', '-e', script];
    t.match(await first.kubectlOk(exec), '"version":"6.1.6"');
  });

  await t.test('the kubelet denies whoever is not the API server', async (t) => {
    const insecure = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
    const script = `fetch('https://${first.ip}:10250/pods').then((r) => console.log(r.status))`;
    t.equal((await run(process.execPath, ['-e', script], { env: insecure })).stdout.trim(), '401');
  });

  await t.test('a component can be paused, killed and started again', async (t) => {
    const pid = await first.componentPid('kube-apiserver');
    function paused(): Promise<boolean> {
      return Promise.resolve(/^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
    }
    first.signal('kube-apiserver', 'STOP');
    t.ok(await until(paused, GONE_MS), 'the node passes the signal on, which takes a moment');
    t.not((await first.kubectl(['get', 'nodes', '--request-timeout=1s'])).code, 0);
    first.signal('kube-apiserver', 'CONT');
    t.equal((await first.kubectl(['get', 'nodes'])).code, 0);
    await first.kill('kube-apiserver');
    t.not((await first.kubectl(['get', 'nodes'])).code, 0);
    await first.start('kube-apiserver');
    t.equal((await first.kubectl(['get', 'nodes'])).code, 0);
  });

  await t.test('stop leaves nothing behind', async (t) => {
    const both = await Promise.all([first, second].map(({ slot, dir }) => traces(slot, dir)));
    await Promise.all([first.stop(), second.stop()]);
    t.same((await Promise.all(both.map(remains))).flat(), []);
  });
});

t.test('a component that cannot run is named with its last words', async (t) => {
  const failed = await startCluster({ programs: { etcd: '/nowhere/etcd' }, onFailure: () => {} }).catch(
    (error: unknown) => error,
  );
  t.ok(failed instanceof Problem);
  t.match(String(failed), /etcd ended with status 127.*\/nowhere\/etcd.*No such file/s);
});

t.test('a component that dies later is named, and ends the cluster', async (t) => {
  const failure = Promise.withResolvers<Problem>();
  const cluster = await startCluster({ onFailure: failure.resolve });
  const left = await traces(cluster.slot, cluster.dir);
  process.kill(await cluster.componentPid('kube-scheduler'), 'SIGKILL');
  t.match((await failure.promise).message, /kube-scheduler ended with status 137/);
  await t.rejects(cluster.kubectl(['get', 'nodes']), /kube-scheduler/);
  t.ok(await isGone(left));
});

t.test('an image archive that cannot be imported is an error', async (t) => {
  const cluster: Cluster = await startCluster();
  t.teardown(() => cluster.stop());
  await t.rejects(cluster.loadImage('/nowhere/image.tar'), /Importing the images of \/nowhere\/image.tar failed/);
});

t.test('an owner that is killed takes its cluster with it', async (t) => {
  const owner = `
    const { startCluster } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const { slot, dir } = await startCluster();
    console.log(JSON.stringify({ slot, dir }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', owner], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { slot, dir }: { slot: number; dir: string } = JSON.parse(line);
  const left = await traces(slot, dir);
  t.not((await remains(left)).length, 0, 'it is there');
  child.kill('SIGKILL');
  t.ok(await isGone(left));
  t.same(await remains(left), []);
});

t.test('an owner that is killed while booting leaves nothing either', async (t) => {
  const owner = `
    const { startCluster } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    await startCluster({ progress: (step) => console.log(step) });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', owner], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const slot = Number(/slot (\d+)/.exec(String(line))?.[1]);
  const dir = readFileSync(`/run/lock/bluegreen-cluster-${slot}`, 'utf8').trim();
  const left = await traces(slot, dir);
  await sleep(500);
  child.kill('SIGKILL');
  t.ok(await isGone(left));
});
