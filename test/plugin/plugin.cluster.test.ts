import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { DEMO_NAMESPACE, installDemo } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';

// The packaged executable, called as `kubectl bluegreen` on a real cluster with Traefik and the webhook.

const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
await installDemo(cluster);

const env = { ...cluster.env, PATH: `${cluster.binDir}:${process.env['PATH'] ?? ''}`, NODE_EXTRA_CA_CERTS: undefined };
function bluegreen(...args: readonly string[]) {
  return run('kubectl', ['bluegreen', ...args, '-n', DEMO_NAMESPACE], {
    env: { ...env, KUBECONFIG: cluster.kubeconfig },
  });
}
async function eventually(condition: () => boolean) {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`did not come: ${condition.toString()}`);
    await sleep(100);
  }
}
function podsIn(out: string) {
  return new Set([...out.matchAll(/^\[(green-\w+)-\w+\]/gm)].map(([, set]) => set));
}
async function mode(change: string) {
  await cluster.kubectlOk(['label', '--overwrite', `namespace/${DEMO_NAMESPACE}`, `bluegreen.dev/mode${change}`]);
}
async function weigh(blue: number, green: number) {
  const services = [blue, green].map((value, index) => ({
    op: 'replace',
    path: `/spec/weighted/services/${index}/weight`,
    value,
  }));
  const patch = ['patch', '-n', DEMO_NAMESPACE, 'traefikservices.traefik.io/bluegreen-wrr', '--type=json', '-p'];
  return (await cluster.kubectl([...patch, JSON.stringify(services)])).code === 0;
}
const NAME = 'traefikservice.traefik.io/bluegreen-wrr';

t.test('untested: denied, and nothing changed', async (t) => {
  const { code, stdout, stderr } = await bluegreen('promote', 'bluegreen-wrr');
  t.equal(code, 1);
  t.equal(stdout, '');
  t.match(stderr, `error: ${NAME} cannot be promoted to green. Nothing was changed:\n  - smoke-test: `);
});

t.test('tested: promoted, seen by Traefik, and back', async (t) => {
  await cluster.kubectlOk([
    'annotate',
    '-n',
    DEMO_NAMESPACE,
    'traefikservices.traefik.io/bluegreen-wrr',
    'bluegreen.dev/smoke-test=passed:6.1.6',
  ]);
  const dry = await bluegreen('promote', '--dry-run=server');
  t.equal(dry.stdout, `${NAME} promoted (server dry run)\n`);
  const promoted = await bluegreen('promote', '--wait');
  t.equal(promoted.stdout, `${NAME} promoted\n`, promoted.stderr);
  t.match(promoted.stderr, /Traefik has it: 1 of 1 replicas after [\d.]+s, by its API\./);
  t.equal((await bluegreen('status', '-o', 'jsonpath={.active}')).stdout, 'green');
  t.match(await bluegreen('promote'), { code: 1, stderr: 'blue is the version that green replaced' });
  t.match((await bluegreen('history')).stdout, /promotion +blue +green +podinfo:6\.1\.6/);
  const back = await bluegreen('rollback', 'ts/bluegreen-wrr', '--wait');
  t.equal(back.stdout, `${NAME} rolled back\n`, back.stderr);
  t.equal((await bluegreen('status', '-o', 'jsonpath={.active}')).stdout, 'blue');
  const nothing = await bluegreen('rollback');
  t.equal(nothing.code, 1);
  t.match(nothing.stderr, 'nothing to roll back to: the last switch was a rollback already (to blue)');
});

t.test('a frozen release is not promoted', async (t) => {
  t.equal((await bluegreen('freeze', '--reason', 'weekend')).stdout, `${NAME} frozen\n`);
  t.match(await bluegreen('promote'), { code: 1, stderr: 'frozen: ' });
  t.equal((await bluegreen('unfreeze')).stdout, `${NAME} unfrozen\n`);
});

t.test('errors of the real server', async (t) => {
  const forbidden = await bluegreen('status', 'bluegreen-wrr', '--as', 'nobody');
  t.match(
    forbidden.stderr,
    /^Error from server \(Forbidden\): traefikservices\.traefik\.io "bluegreen-wrr" is forbidden: User "nobody"/,
  );
  const missing = await bluegreen('status', 'traefikservice.traefik.io/none');
  t.equal(missing.stderr, 'Error from server (NotFound): traefikservices.traefik.io "none" not found\n');
});

t.test('RBAC on traefik.io only is enough for commands without a NAME', async (t) => {
  const role = ['create', 'role', 'one-group', '-n', DEMO_NAMESPACE, '--resource=traefikservices.traefik.io'];
  await cluster.kubectlOk([...role, '--verb=get,list,patch']);
  const binding = ['create', 'rolebinding', 'one-group', '-n', DEMO_NAMESPACE, '--role=one-group', '--user=carol'];
  await cluster.kubectlOk(binding);
  t.equal((await bluegreen('list', '-o', 'name', '--as', 'carol')).stdout, `${NAME}\n`);
  const back = await bluegreen('rollback', '--as', 'carol');
  t.match(back.stderr, /^error: nothing to roll back to/);
  const missing = await bluegreen('status', 'none', '--as', 'carol');
  t.match(
    missing.stderr,
    /^error: traefikservices\.traefik\.io "none" not found; traefikservices\.traefik\.containo\.us "none" is forbidden: User "carol"/,
  );
});

t.test('logs of a color', async (t) => {
  const { stdout } = await bluegreen('logs', '--color', 'green', '--tail', '1');
  t.equal(stdout.trim().split('\n').length, 2);
  t.match(stdout, /^\[green-\w+-\w+\] /m);
});

t.test('open forwards to the preview', async (t) => {
  const child = spawn('kubectl-bluegreen', ['port-forward', '-n', DEMO_NAMESPACE], {
    env: { ...process.env, ...env, KUBECONFIG: cluster.kubeconfig },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const url = /http:\/\/[\d.:]+/.exec(String(line))?.[0] ?? '';
  const answer: unknown = await (await fetch(url)).json();
  t.match(answer, { version: '6.1.6' });
  child.kill('SIGINT');
  t.strictSame(await ended, [130, null]);
});

t.test('logs and open follow a color through a rollout of its pods', async (t) => {
  function follow(...args: readonly string[]) {
    const child = spawn('kubectl-bluegreen', [...args, '-n', DEMO_NAMESPACE], {
      env: { ...process.env, ...env, KUBECONFIG: cluster.kubeconfig },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const seen = { out: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (seen.out += text));
    t.teardown(() => child.kill('SIGINT'));
    return { seen, child };
  }
  const logs = follow('logs', '-f', '--color', 'green');
  const forwarded = follow('port-forward');
  await eventually(() => logs.seen.out !== '' && forwarded.seen.out !== '');
  const url = /http:\/\/[\d.:]+/.exec(forwarded.seen.out)?.[0] ?? '';
  t.match(await (await fetch(url)).json(), { version: '6.1.6' });
  t.equal(podsIn(logs.seen.out).size, 1);
  await cluster.kubectlOk(['rollout', 'restart', '-n', DEMO_NAMESPACE, 'deployment/green']);
  await cluster.kubectlOk(['rollout', 'status', '-n', DEMO_NAMESPACE, 'deployment/green', '--timeout=90s']);
  await eventually(() => podsIn(logs.seen.out).size === 2);
  t.match(await (await fetch(url, { headers: { connection: 'close' } })).json(), { version: '6.1.6' });
});

t.test('completion of names', async (t) => {
  const words = ['__complete', '-n', DEMO_NAMESPACE, 'status', ''];
  const { stdout } = await run('kubectl-bluegreen', words, { env: { ...env, KUBECONFIG: cluster.kubeconfig } });
  t.match(stdout, 'bluegreen-wrr\n:4');
});

t.test('mode off: the reason is the mode, and a split is shown and ended', async (t) => {
  await mode('=off');
  t.teardown(() => mode('-'));
  t.ok(await until(() => weigh(60, 30), 30_000), 'the mode is in force');
  const { stdout } = await bluegreen('status');
  t.match(
    stdout,
    /^SPLIT blue 67% green 33%: requests get more than one version\. To end it: kubectl bluegreen promote bluegreen-wrr -n demo-bluegreen --to blue\n/,
  );
  t.match(
    stdout,
    'none can be recorded: namespace demo-bluegreen has the mode off (label bluegreen.dev/mode). Guard it with',
  );
  const ended = await bluegreen('promote', '--to', 'blue');
  t.match(ended.stderr, /^SPLIT blue 67% green 33% → blue: blue \(podinfo:6\.1\.5\) is active now\.\n(?!.*record)/);
});

t.test('a listed color without pods: the 404 comes first, and its command ends it', async (t) => {
  async function firstLine(args: readonly string[]) {
    return (await bluegreen(...args)).stdout.split('\n')[0] ?? '';
  }
  await mode('=off');
  t.teardown(() => mode('-'));
  const scaled = ['scale', '-n', DEMO_NAMESPACE, 'deployment/green', '--replicas=0'];
  t.ok(await until(async () => (await cluster.kubectl(scaled)).code === 0, 30_000), 'the mode is in force');
  await cluster.kubectlOk([
    'delete',
    'pods',
    '-n',
    DEMO_NAMESPACE,
    '-l',
    'color=green',
    '--grace-period=1',
    '--wait=false',
  ]);
  const said =
    /^Production answers 404: green is listed and has no ready endpoint, and Traefik drops the whole TraefikService\. To end it: (?<command>kubectl patch .*)$/;
  t.ok(await until(async () => said.test(await firstLine(['status'])), 30_000), 'status begins with it');
  t.match((await bluegreen('list')).stderr, 'Production answers 404: Traefik reports "the service ');
  const examined = await bluegreen('doctor');
  t.match(examined.stdout, '× demo-bluegreen/traefikservice.traefik.io/bluegreen-wrr: production answers 404: green');
  const { command = '' } = said.exec(await firstLine(['status']))?.groups ?? {};
  t.equal((await run('sh', ['-c', command], { env: { ...env, KUBECONFIG: cluster.kubeconfig } })).code, 0, command);
  t.ok(await until(async () => (await firstLine(['status'])).startsWith('Release:'), 30_000), 'and is over');
});
