// A watch that goes on in the cluster without the one who started it, and the colors that are left taken out of service.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import { DEMO_NAMESPACE, deployTraefik, installBluegreen, installDemo } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';
import { startTraffic } from '../demo/traffic.ts';
import { activeColor, attestGreen, breakGreen } from './faults.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const IN = ['-n', DEMO_NAMESPACE] as const;
const NAME = 'traefikservice.traefik.io/bluegreen-wrr';

const cluster = await shareCluster(t, 'plugin');
const [traefik] = await Promise.all([
  // Traefik's own default: an empty color that is listed takes the whole site down. It counts by router here.
  deployTraefik(cluster, {
    providersThrottleDuration: '0s',
    replicas: 2,
    flags: ['--metrics.prometheus.addrouterslabels=true'],
  }),
  installBluegreen(cluster),
]);
await installDemo(cluster);
const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', connections: 2, pause: 80 });
t.teardown(() => traffic.stop());
await traffic.until(({ version }) => version === '6.1.5', 30_000);
function failed() {
  return traffic.samples.filter(({ failure }) => failure !== null).length;
}

const env = { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };
function bluegreen(...args: readonly string[]) {
  return run('kubectl-bluegreen', [...args, ...IN], { env });
}
async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not come: ${holds.toString()}`);
    await sleep(500);
  }
}
const WATCH = ['--analyze', '90s', '--max-error-rate', '1%', '--baseline', '3s', '--in-cluster'] as const;

t.test('without its ServiceAccount nothing is switched', async (t) => {
  await attestGreen(cluster);
  t.match(await bluegreen('promote', ...WATCH), {
    code: 1,
    stderr:
      /the Job needs the ServiceAccount bluegreen-analysis.*examples\/analysis\/rights\.yaml.*Nothing was switched/,
  });
  t.equal(await activeColor(cluster), 'blue');
});

/** Promotes with an analysis in the cluster, and goes away as soon as it runs: the name of the Job that is left. */
async function promoteAndLeave(t: Test): Promise<string> {
  const child = spawn('kubectl-bluegreen', ['promote', ...WATCH, ...IN], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (seen.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (seen.err += text));
  const closed = once(child, 'close');
  await eventually(() => seen.err.includes('Analyzing, ') || child.exitCode !== null);
  t.match(seen.err, 'Ready: waiting for the switch of traefikservice.traefik.io/bluegreen-wrr to green', seen.err);
  t.equal(seen.out, `${NAME} promoted\n`);
  child.kill('SIGINT');
  t.strictSame(await closed, [130, null]);
  const job =
    /Job (bluegreen-analysis-\S+) continues the analysis in namespace demo-bluegreen/.exec(seen.err)?.[1] ?? '';
  t.not(job, '', seen.err);
  t.match(seen.err, `To end it, and leave the switch as it is: kubectl delete job/${job} -n demo-bluegreen\n`);
  return job;
}

t.test('whoever started the watch goes away: the Job rolls a bad color back all the same', async (t) => {
  await cluster.kubectlOk(['apply', '-f', join(EXAMPLES, 'analysis')]);
  await breakGreen(cluster, { env: {} });
  await attestGreen(cluster);
  const job = await promoteAndLeave(t);
  t.equal(await activeColor(cluster), 'green');
  const pods = await cluster.kubectlOk([
    'get',
    'pods',
    ...IN,
    '-l',
    'color=green',
    '-o',
    'jsonpath={.items[*].status.podIP}',
  ]);
  const body = JSON.stringify({ errorRate: 0.3 });
  for (const ip of pods.split(' ')) await fetch(`http://${ip}:9898/fault`, { method: 'POST', body });
  const broken = performance.now();
  await eventually(async () => (await activeColor(cluster)) === 'blue');
  t.comment(`rolled back ${Math.round(performance.now() - broken)} ms after the fault`);
  await cluster.kubectlOk(['wait', ...IN, `job/${job}`, '--for=condition=failed', '--timeout=60s']);
  const log = await cluster.kubectlOk(['logs', ...IN, `job/${job}`]);
  t.match(
    log,
    /green failed its analysis .*\n {2}- errors: \d+ of \d+ requests failed .* × 500 \(the application fails\)/,
  );
  t.match((await bluegreen('status')).stdout, /Analysis: +green Failed, rolled back \S+ ago: errors: /);
  t.match(
    (await bluegreen('history')).stdout,
    /rollback +green +blue .*system:serviceaccount:demo-bluegreen:bluegreen-analysis/,
  );
});

t.test('a Job that is deleted ends its analysis at once, and leaves the switch as it is', async (t) => {
  await breakGreen(cluster, { env: {} });
  await cluster.kubectlOk(['rollout', 'restart', ...IN, 'deployment/green']);
  await attestGreen(cluster);
  const job = await promoteAndLeave(t);
  const logs = spawn('kubectl', ['logs', '-f', ...IN, `job/${job}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(logs, 'close');
  let log = '';
  logs.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(() => log !== '');
  await cluster.kubectlOk(['delete', ...IN, `job/${job}`]);
  await closed;
  t.match(log, `Interrupted: ${NAME} stays on green, and its analysis has ended.`);
  t.equal(await activeColor(cluster), 'green');
  t.match(await bluegreen('rollback'), { code: 0 });
});

t.test('a good color is kept by the Job; who follows it to the end gets its exit code', async (t) => {
  await breakGreen(cluster, { env: {} });
  await cluster.kubectlOk(['rollout', 'restart', ...IN, 'deployment/green']);
  await attestGreen(cluster);
  const { code, stdout, stderr } = await bluegreen('promote', ...WATCH, '--analyze', '5s');
  t.equal(code, 0, stderr);
  t.equal(stdout, `${NAME} promoted\n`);
  t.match(stderr, /bluegreen-wrr: green passed its analysis: \d+ requests/);
  t.match((await bluegreen('status')).stdout, /Analysis: +green Successful \S+ ago: \d+ requests/);
});

t.test('decommission: denied too early, out of the list, dropped by all of Traefik, then down', async (t) => {
  const before = failed();
  const early = await bluegreen('decommission', 'bluegreen-wrr');
  t.equal(early.code, 1);
  t.match(early.stderr, /is not decommissioned: green is active for \S+ only, and a rollback is instant until 24h/);
  const dry = await bluegreen('decommission', '--after', '1s', '--dry-run=server');
  t.equal(dry.stdout, `${NAME} decommissioned (server dry run)\n`, dry.stderr);
  const { code, stdout, stderr } = await bluegreen('decommission', '--after', '1s');
  t.equal(code, 0, stderr);
  t.equal(stdout, `${NAME} decommissioned\n`);
  t.match(
    stderr,
    /blue \(podinfo:6\.1\.5\) is out of the list\nTraefik has it: 2 of 2 replicas after [\d.]+s, by its API\.\nDeployment blue is scaled to 0\n/,
  );
  const again = await bluegreen('decommission', '--after', '1s');
  t.equal(again.stdout, `${NAME} unchanged\n`, again.stderr);
  await cluster.kubectlOk(['wait', ...IN, 'pods', '-l', 'color=blue', '--for=delete', '--timeout=60s']);
  t.equal(failed(), before, 'no customer noticed');
});

t.test('rollback brings it back in the opposite order', async (t) => {
  const before = failed();
  const { code, stderr } = await bluegreen('rollback', '--wait');
  t.equal(code, 0, stderr);
  t.match(stderr, 'blue is scaled down: scaling Deployment blue to 2 and waiting for it');
  t.equal(await activeColor(cluster), 'blue');
  const first = await traffic.until(({ version }) => version === '6.1.5', 30_000);
  await traffic.until(({ started }) => started > first.ended + 1_000, 30_000);
  t.equal(failed(), before, 'no customer noticed');
});

t.test('the CronJob of the examples does it by its own rights', async (t) => {
  const image = await cluster.kubectlOk([
    'get',
    'deployments',
    '-A',
    '-l',
    'app.kubernetes.io/name=bluegreen',
    '-o',
    'jsonpath={.items[0].spec.template.spec.containers[0].image}',
  ]);
  const manifest = readFileSync(join(EXAMPLES, 'decommission', 'cronjob.yaml'), 'utf8');
  await cluster.apply(manifest.replace(/REGISTRY\/\S+/, image).replace('--after=24h', '--after=1s'));
  const at = ['-n', 'bluegreen-decommission'] as const;
  await cluster.kubectlOk(['create', 'job', ...at, 'now', '--from=cronjob/decommission']);
  await cluster.kubectlOk(['wait', ...at, 'job/now', '--for=condition=complete', '--timeout=60s']);
  const log = await cluster.kubectlOk(['logs', ...at, 'job/now']);
  // The kubelet writes the lines of stdout among those of stderr wherever they happen to come.
  t.match(
    log,
    /^green .*is out of the list\n(?:.*\n)*Traefik has it: 2 of 2 .*\n(?:.*\n)*Deployment green is scaled to 0$/m,
  );
  t.match(log, new RegExp(`^${NAME.replaceAll('.', '\\.')} decommissioned$`, 'm'));
});
