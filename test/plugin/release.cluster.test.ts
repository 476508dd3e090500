// Deploy, smoke and release on a real cluster with a real Traefik: what does not get ready and why, four releases under
// load, and releases that are killed at any point.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { DEMO_NAMESPACE, installDemo, traefikAt } from '../cluster/index.ts';
import { repeatWhile } from '../cluster/repeat.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';
import { startTraffic } from '../demo/traffic.ts';
import { imageOf, releaseImages } from './release/images.ts';
import { killReleases, smallVersions } from './release/killed.ts';

const RELEASES = ['7.1', '7.2', '7.3', '7.4'];
const KILLS = 12;
/** How often a deployment that does not get ready is waited for. */
const TRIES = 4;
/** Milliseconds between two requests of each of the four customers: one every 25 ms, which no gap for them is as short as. */
const PAUSE_MS = 100;

const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
const traefik = traefikAt(cluster);
await Promise.all([cluster.provide(await releaseImages([...RELEASES, ...smallVersions(KILLS)])), installDemo(cluster)]);
await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', DEMO_NAMESPACE]);

const env = { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined };
// Beside everything else: both wait for pods most of the time.
const killing = killReleases(cluster, env, KILLS);
// Whoever waits for it hears of its failure.
killing.catch(() => {});
function bluegreen(...args: readonly string[]) {
  return run('kubectl-bluegreen', args, { env });
}
function read(resource: string, path: string) {
  return cluster.kubectlOk(['get', resource, '-o', `jsonpath=${path}`]);
}
const NAME = 'traefikservice.traefik.io/bluegreen-wrr';
function weights() {
  return read(NAME, '{.spec.weighted.services[*].weight}');
}
/** Deploys what does not get ready, and goes on waiting where a slow machine has not found out yet why. */
async function staysUnready(t: Test, tag: string, timeout: string, why: RegExp): Promise<void> {
  const args = ['deploy', 'bluegreen-wrr', '--image', `podinfo=${imageOf(tag)}`, '--timeout', timeout];
  const { code, stderr } = await repeatWhile(
    () => bluegreen(...args),
    (result) => !why.test(result.stderr),
    { tries: TRIES },
  );
  t.equal(code, 3, stderr);
  t.match(stderr, why);
}

t.test('a preview that does not get ready: why, in one line, and production is as it was', async (t) => {
  const wrong = await bluegreen('deploy', '--image', 'podinfo=registry.local/Wrong:1', '--timeout', '60s');
  t.equal(wrong.code, 1, 'what no waiting cures is not waited for');
  t.match(wrong.stderr, /\n {2}- InvalidImageName: image registry\.local\/Wrong:1 cannot be pulled \(.*\)\n/);
  await staysUnready(
    t,
    'none',
    '6s',
    /\n {2}- (?:ErrImagePull|ImagePullBackOff): image registry\.local\/app:none cannot be pulled \(.*\)\n/,
  );
  await staysUnready(
    t,
    'crashes',
    '10s',
    /\n  - (?:CrashLoopBackOff|Error): container podinfo ended with exit code 3.*, last line: cannot open the database\n/,
  );
  await staysUnready(
    t,
    'never-ready',
    '8s',
    /\n  - NotReady: container podinfo runs, but does not get ready \(Readiness probe failed: HTTP probe failed with statuscode: 503\)/,
  );
  await cluster.kubectlOk(['create', 'quota', 'few', '--hard=pods=4', '--scopes=NotTerminating']);
  await staysUnready(
    t,
    '7.4',
    '8s',
    /\n  - FailedCreate: exceeded quota: few, requested: pods=1, used: pods=\d, limited: pods=4\n/,
  );
  await cluster.kubectlOk(['delete', 'quota', 'few']);
  t.equal(await weights(), '100', 'the preview left the list for its rollout, and stays out');
});

t.test('four releases under load, from color to color', async (t) => {
  const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', pause: PAUSE_MS });
  t.teardown(() => traffic.stop());
  await traffic.until(({ version }) => version === '6.1.5', 30_000);
  for (const [index, version] of RELEASES.entries()) {
    const { code, stdout, stderr } = await bluegreen(
      'release',
      'bluegreen-wrr',
      '--image',
      `podinfo=${imageOf(version)}`,
      '--path',
      '/',
      '--json',
      `.version=${version}`,
      '--repeat',
      '10',
      '--analyze',
      '3s',
      '--baseline',
      '1s',
      '--overwrite-rollback',
    );
    t.equal(code, 0, stderr);
    t.match(stdout, /^traefikservice\S+ deployed\n(?:.*\n)*GET \/ +passed +10 (?:.*\n)*traefikservice\S+ promoted\n$/);
    t.equal(await weights(), index % 2 === 0 ? '0 100' : '100 0');
    t.equal((await bluegreen('status', '-o', 'jsonpath={.active}')).stdout, index % 2 === 0 ? 'green' : 'blue');
  }
  await traffic.stop();
  const failed = traffic.samples.filter(({ failure }) => failure !== null);
  t.strictSame(failed, [], `${traffic.samples.length} requests`);
  t.comment(`${traffic.samples.length} requests, ${failed.length} failed`);
  const again = await bluegreen('release', '--image', imageOf('7.4'), '--path', '/');
  t.strictSame([again.code, again.stdout], [0, `${NAME} unchanged\n`], 'a pipeline that runs again does nothing');
  const back = await bluegreen('rollback');
  t.equal(back.code, 0, back.stderr);
  const denied = await bluegreen('release', '--image', imageOf('7.4'), '--path', '/');
  t.equal(denied.code, 1);
  t.match(denied.stderr, /these images on blue were rolled back \d+s ago, by .*--again/);
});

function jobOf(code: number): string {
  return `apiVersion: batch/v1
kind: Job
metadata: {name: e2e}
spec:
  template:
    spec:
      containers:
        - name: e2e
          image: ${imageOf('7.4')}
          command: [/usr/bin/node, -e, 'console.log("asked", process.env.BLUEGREEN_URL); process.exitCode = ${code}']
`;
}

function recorded() {
  return read(NAME, '{.metadata.annotations.bluegreen\\.dev/smoke-test}');
}
function bound() {
  return read(NAME, '{.metadata.annotations.bluegreen\\.dev/smoke-test-record}');
}

t.test('ways to test: a forwarded port, a command, a Job; and what fails takes the pass back', async (t) => {
  const forward = await bluegreen(
    'smoke',
    '--via',
    'forward',
    '--path',
    '/',
    '--json',
    '.version=7.4',
    '--repeat',
    '5',
  );
  t.equal(forward.code, 0, forward.stderr);
  t.match(await bound(), /"color":"blue"/);
  const failed = await bluegreen('smoke', '--path', '/status/503');
  t.equal(failed.code, 2, failed.stderr);
  t.match(failed.stdout, /GET \/status\/503 +failed +0\/1 .*status 503, not 200\n/);
  t.match(await recorded(), /^failed:/);
  t.equal(await bound(), '');
  const script =
    'const r = await fetch(process.env.BLUEGREEN_URL); console.log(process.env.BLUEGREEN_COLOR, (await r.json()).version)';
  const command = await bluegreen('smoke', '--', process.execPath, '--input-type=module', '-e', script);
  t.equal(command.code, 0, command.stderr);
  t.match(command.stdout, 'blue 7.4\n');
  const job = join(cluster.dir, 'job.yaml');
  writeFileSync(job, jobOf(0));
  const own = await bluegreen('smoke', '--job', job);
  t.equal(own.code, 0, own.stderr);
  t.match(own.stderr, 'asked http://blue.demo-bluegreen\n');
  writeFileSync(job, jobOf(7));
  const bad = await bluegreen('smoke', '--job', job, '-o', 'json');
  t.equal(bad.code, 2, bad.stderr);
  t.match(JSON.parse(bad.stdout), { passed: false, checks: [{ reasons: ['exit code 7'] }] });
});

t.test('a Job that does not start says why, and leaves nothing behind', async (t) => {
  const { code, stderr } = await bluegreen('smoke', '--path', '/', '--job-image', 'registry.local/None:1');
  t.equal(code, 1);
  t.match(
    stderr,
    /error: the pod of Job bluegreen-smoke-bluegreen-wrr-\w+ did not start: InvalidImageName: image registry\.local\/None:1 cannot be pulled/,
  );
  const jobs = await cluster.kubectlOk(['get', 'jobs', '-o', 'name']);
  t.notMatch(jobs, stderr.match(/Job (\S+)/)?.[1] ?? 'no name');
});

t.test(
  `killed at ${KILLS} points of a release: nothing untested becomes active, and the next run finishes`,
  async (t) => {
    const { undisturbed, killed, samples, testedAt } = await killing;
    for (const { code, errors } of undisturbed) t.equal(code, 0, `an undisturbed release: ${errors}`);
    const steps = undisturbed.at(-1)?.steps.length;
    t.equal(killed.length, KILLS);
    t.comment(`a release is ${steps} steps; killed after ${killed.map(({ point }) => point).join(', ')}`);
    for (const { version, point, image, ...attempts } of killed) {
      t.equal(attempts.killed.code, null, `killed after step ${point}`);
      t.equal(attempts.finished.code, 0, attempts.finished.errors);
      t.equal(image, imageOf(version), 'the next run finishes');
    }
    const untested = samples.filter(
      ({ version, started }) => version !== null && started < (testedAt.get(version) ?? Infinity),
    );
    t.strictSame(untested, [], 'no answer of a version before its test had passed');
    t.strictSame(
      samples.filter(({ failure }) => failure !== null),
      [],
      `${samples.length} requests`,
    );
  },
);

t.test(
  'a preview that replaces all of its pods at once: kubectl is denied, deploy detaches it, nothing fails',
  async (t) => {
    const active = (await bluegreen('status', 'bluegreen-wrr', '-o', 'jsonpath={.active}')).stdout;
    const preview = active === 'blue' ? 'green' : 'blue';
    const recreate = { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } };
    await cluster.kubectlOk(['patch', 'deployment', preview, '--type=merge', '-p', JSON.stringify(recreate)]);
    const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', pause: PAUSE_MS });
    t.teardown(() => traffic.stop());
    await traffic.until(({ version }) => version !== null, 30_000);
    const image = `podinfo=${imageOf('7.1')}`;
    const byHand = await cluster.kubectl(['set', 'image', `deployment/${preview}`, image]);
    t.match(byHand.stderr, `preview-workload: Deployment ${preview} replaces all pods at once`);
    const dry = await bluegreen(
      'deploy',
      'bluegreen-wrr',
      '--image',
      image,
      '--dry-run=server',
      '--overwrite-rollback',
    );
    t.equal(dry.code, 0, dry.stderr);
    const { code, stderr } = await bluegreen('deploy', 'bluegreen-wrr', '--image', image, '--overwrite-rollback');
    t.equal(code, 0, stderr);
    t.match(
      stderr,
      new RegExp(`${preview} leaves the list until it is ready[^]*${preview} is listed again, with weight 0`),
    );
    await traffic.stop();
    const failed = traffic.samples.filter(({ failure }) => failure !== null);
    t.strictSame(failed, [], `${traffic.samples.length} requests`);
  },
);
