// A switch that is watched, on a real cluster under load: what goes wrong in green, and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import { DEMO_NAMESPACE, deployTraefik, installBluegreen, installDemo } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';
import { startTraffic } from '../demo/traffic.ts';
import { openGate } from './release/gate.ts';
import { activeColor, attestGreen, breakGreen, untilVisible } from './faults.ts';
import type { Fault } from './faults.ts';

/** From visible to rolled back, for everybody: the project's own promise. */
const PROMISE_MS = 10_000;
/** On a machine so busy that one look at the status takes this share of the promise or more, the share counts instead. */
const LOOKS = 20;
const NAME = 'traefikservice.traefik.io/bluegreen-wrr';
const IN = ['-n', DEMO_NAMESPACE] as const;

const cluster = await shareCluster(t, 'plugin');
const [traefik] = await Promise.all([
  deployTraefik(cluster, { providersThrottleDuration: '0s', allowEmptyServices: true }),
  installBluegreen(cluster, { allowEmptyServices: 'true' }),
]);
await installDemo(cluster);
const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', pause: 80 });
t.teardown(() => traffic.stop());
await traffic.until(({ version }) => version === '6.1.5', 30_000);

const env = { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };
function bluegreen(...args: readonly string[]) {
  return run('kubectl-bluegreen', [...args, ...IN], { env });
}

/** Milliseconds that a token of the credential plugin lasts. */
const TOKEN_MS = 3_000;

/** A kubeconfig whose credential plugin issues short-lived tokens, as those of a cloud or an OIDC login are. */
async function expiringCredentials(t: Test): Promise<string> {
  const gate = await openGate(cluster, DEMO_NAMESPACE);
  t.teardown(() => gate.close());
  gate.admit = (authorization) => {
    const issued = Number(/^Bearer issued-(\d+)$/.exec(authorization)?.[1] ?? 0);
    return Date.now() - issued < TOKEN_MS ? `Bearer ${cluster.api.token}` : null;
  };
  const apiVersion = 'client.authentication.k8s.io/v1';
  const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: 'issued-TIME' } });
  const args = ['-c', `echo '${credential}' | sed "s/TIME/$(date +%s%3N)/"`];
  const exec = { apiVersion, command: 'sh', args, interactiveMode: 'Never' };
  const file = join(cluster.dir, 'expiring.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(gate.kubeconfig), users: [{ name: 'admin', user: { exec } }] }));
  return file;
}
const LIMITS = ['--max-error-rate', '1%', '--max-p99', '500ms', '--baseline', '3s'] as const;

interface Injected extends Fault {
  readonly shows: (line: string) => boolean;
  readonly cause: RegExp;
  /** Another kubeconfig for the promotion. */
  readonly kubeconfig?: string;
}

function status(...codes: readonly string[]) {
  return (line: string): boolean =>
    line.startsWith('traefik_service_requests_total{') && codes.some((code) => line.includes(`code="${code}"`));
}
function slow(line: string): boolean {
  return line.startsWith('traefik_service_request_duration_seconds_bucket{') && line.includes('le="1.2"');
}

/** Promotes green with a fault in it, and expects production back on blue within the promised time of its being visible. */
async function expectRolledBack(t: Test, { shows, cause, kubeconfig, ...fault }: Injected): Promise<void> {
  await breakGreen(cluster, fault);
  await attestGreen(cluster);
  const seen = untilVisible(traefik, shows, 120_000);
  const { code, stdout, stderr } = await run('kubectl-bluegreen', ['promote', '--analyze', '60s', ...LIMITS, ...IN], {
    env: kubeconfig === undefined ? env : { ...env, KUBECONFIG: kubeconfig },
  });
  const back = performance.now();
  const { visible } = await seen;
  t.equal(code, 4, stderr);
  t.match(stdout, `${NAME} promoted\n${NAME} rolled back\n`);
  t.match(stderr, cause);
  const asked = performance.now();
  t.equal((await bluegreen('status', '-o', 'jsonpath={.active}')).stdout, 'blue');
  const look = performance.now() - asked;
  const took = back - visible;
  const told = `rolled back ${Math.round(took)} ms later; a look at the status takes ${Math.round(look)} ms`;
  t.comment(`visible in the metrics, ${told}`);
  t.ok(took < Math.max(PROMISE_MS, LOOKS * look), told);
  const first = await traffic.until(({ version, started }) => version === '6.1.5' && started > back, 30_000);
  await traffic.until(({ started }) => started > Math.max(back + 2_000, first.ended), 30_000);
  const after = traffic.samples.filter(({ started }) => started > first.ended);
  t.same(new Set(after.map(({ version }) => version)), new Set(['6.1.5']), 'then customers are well again');
  t.match(
    JSON.parse(
      await cluster.kubectlOk(['get', NAME, ...IN, '-o', 'jsonpath={.metadata.annotations.bluegreen\\.dev/analysis}']),
    ),
    {
      phase: 'Failed',
      rolledBack: true,
      color: 'green',
    },
  );
}

t.test('5% errors, while the credential expires every three seconds', async (t) =>
  expectRolledBack(t, {
    kubeconfig: await expiringCredentials(t),
    env: { FAULT_ERROR_RATE: '0.05' },
    shows: status('500'),
    cause:
      /green failed its analysis .* after the switch:\n {2}- errors: \d+ of \d+ requests failed within .* \d+ × 500 \(the application fails\)/,
  }),
);

t.test('800 ms slowness, between two ends of Traefik’s buckets', (t) =>
  expectRolledBack(t, {
    env: { FAULT_LATENCY_MS: '800' },
    shows: slow,
    cause: /latency: at least \d+ of \d+ requests within .* took longer than 500ms/,
  }),
);

t.test('a crash under load', (t) =>
  expectRolledBack(t, {
    env: { FAULT_CRASH_AFTER: '100' },
    shows: status('502', '503'),
    // Whichever is seen first: the pod's end, or what its customers get.
    cause: /pods: green-\w+-\w+ crashed: exit code 1|errors: .* × 50[23] \(/,
  }),
);

t.test('ready, but refusing connections', (t) =>
  expectRolledBack(t, {
    env: { FAULT_REFUSE: 'true' },
    withoutProbes: true,
    shows: status('502'),
    cause: /errors: .* × 502 \(its pods refuse or break connections\)/,
  }),
);

/** Starts an analysis like a person does, and stops its process as soon as green is promoted: the laptop is closed. */
async function asleep(t: Test) {
  const args = ['promote', '--analyze', '60s', ...LIMITS, ...IN];
  const laptop = spawn('kubectl-bluegreen', args, { env: { ...process.env, ...env } });
  const ended = once(laptop, 'close');
  t.teardown(() => laptop.kill('SIGKILL'));
  const said = { out: '', err: '' };
  const promoted = Promise.withResolvers<void>();
  laptop.stderr.on('data', (chunk) => void (said.err += String(chunk)));
  laptop.stdout.on('data', (chunk) => {
    said.out += String(chunk);
    if (said.out.includes(`${NAME} promoted`)) promoted.resolve();
  });
  await Promise.race([promoted.promise, ended]);
  laptop.kill('SIGSTOP');
  return {
    said,
    wakeUp: async (): Promise<number> => {
      laptop.kill('SIGCONT');
      const [code] = await ended;
      return Number(code);
    },
  };
}

t.test('an analysis that slept while its version was rolled back and fixed leaves the fix alone', async (t) => {
  await breakGreen(cluster, { env: { FAULT_ERROR_RATE: '0.05' } });
  await attestGreen(cluster);
  const seen = untilVisible(traefik, status('500'), 120_000);
  const { said, wakeUp } = await asleep(t);
  t.equal(said.out, `${NAME} promoted\n`, said.err);
  await seen;
  t.match(await bluegreen('rollback'), { code: 0 });
  await breakGreen(cluster, { env: {} });
  await attestGreen(cluster);
  t.match(await bluegreen('promote'), { code: 0 });
  t.equal(await wakeUp(), 1, said.err);
  t.match(said.err, /was switched away from green and to green again by .*: what is active now is another release/);
  t.match(said.err, 'so the analysis has ended and nothing was rolled back');
  t.equal(said.out, `${NAME} promoted\n`);
  t.equal(await activeColor(cluster), 'green', 'the fix stays');
  t.match(await bluegreen('rollback'), { code: 0 });
  // What follows denies before it asks what customers get.
  await traffic.stop();
});

/** The first denial that names the cause; after a minute the last one. */
async function denialBy(cause: RegExp) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const denial = await bluegreen('promote', '--analyze', '60s', ...LIMITS, '--timeout', '5s');
    if (cause.test(denial.stderr) || Date.now() > deadline) return denial;
    await sleep(500);
  }
}

/**
 * Promotes green although something keeps it from being ready, and expects that nothing is switched and the cause is
 * told. It reads one denial: a container that crashed is restarted, and runs, a moment later.
 */
async function expectDenied(t: Test, cause: RegExp): Promise<void> {
  const { code, stdout, stderr } = await denialBy(cause);
  t.equal(code, 1, stderr);
  t.equal(stdout, '');
  t.match(stderr, /cannot be promoted to green\. Nothing was changed:\n(?: {2}- .*\n)* {2}- ready-endpoints: /);
  t.match(stderr, cause);
  t.equal(await activeColor(cluster), 'blue');
}

t.test('never ready', async (t) => {
  await breakGreen(cluster, { env: { FAULT_NEVER_READY: 'true' } });
  await expectDenied(t, /pods: NotReady: container podinfo runs, but does not get ready/);
});

t.test('a wrong image', async (t) => {
  await cluster.kubectlOk(['set', 'image', ...IN, 'deployment/green', 'podinfo=registry.local/podinfo:none']);
  await expectDenied(
    t,
    /pods: (?:ErrImagePull|ImagePullBackOff): image registry\.local\/podinfo:none cannot be pulled/,
  );
});

t.test('a crash loop', async (t) => {
  const command = {
    op: 'add',
    path: '/spec/template/spec/containers/0/command',
    value: ['node', '-e', 'process.exit(3)'],
  };
  const image = {
    op: 'replace',
    path: '/spec/template/spec/containers/0/image',
    value: 'ghcr.io/stefanprodan/podinfo:6.1.6',
  };
  await cluster.kubectlOk(['patch', ...IN, 'deployment/green', '--type=json', '-p', JSON.stringify([command, image])]);
  await expectDenied(t, /pods: (?:CrashLoopBackOff|Error): container podinfo ended with exit code 3/);
});
