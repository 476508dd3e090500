import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { Call } from '../../api-server.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { SHOP, TESTED, shop } from '../shop.ts';

const JOB = 'apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {containers: [{name: e2e, image: e2e:1}]}}}\n';
const POD = '/api/v1/namespaces/demo/pods/job-pod';

/** A preview that has passed its smoke test already. */
async function tested(t: Test): Promise<FakeCluster> {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  return cluster;
}

function forbids({ method, url }: Call) {
  if (url.includes('selfsubjectaccessreviews')) return { status: 201, body: { status: { allowed: false } } };
  if (url.includes('/portforward')) return status(403, 'Forbidden', 'pods "green" is forbidden: User "eve" cannot');
  if (method === 'POST') return status(403, 'Forbidden', 'jobs.batch is forbidden: User "eve" cannot create');
  return null;
}

/** Whatever was asked for: nothing was written, so the pass counts still. */
function passStays(t: Test, cluster: FakeCluster): void {
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 0, 'nothing is written');
  t.match(cluster.objects.get(SHOP)?.metadata['annotations'], TESTED);
}

const UNRECORDED = 'error: the test could not be run, so nothing was recorded: ';

t.test('who may neither create Jobs nor forward ports does not fail the preview', async (t) => {
  const cluster = await tested(t);
  cluster.intercept = forbids;
  let ran = false;
  function program() {
    ran = true;
    return Promise.resolve({ code: 1 });
  }
  for (const args of [
    ['--path', '/', '--repeat', '5'],
    ['--', 'npm', 'test'],
  ]) {
    const { code, out, err } = await cluster.run(['smoke', 'shop', ...args], { program });
    t.strictSame([code, out], [1, ''], err);
    t.match(err, `${UNRECORDED}no port of the preview can be forwarded (pods "green" is forbidden: User "eve" cannot)`);
  }
  t.notOk(ran, 'a program that cannot reach the preview does not begin');
  const job = await cluster.run(['smoke', 'shop', '--job', 'j.yaml'], { files: { 'j.yaml': JOB } });
  t.equal(job.code, 1);
  t.match(job.err, 'jobs.batch is forbidden');
  passStays(t, cluster);
});

t.test('a forward that is denied while the test runs is no failure of the preview', async (t) => {
  const cluster = await tested(t);
  let forwards = 0;
  cluster.intercept = (call) => {
    if (!call.url.includes('/portforward')) return null;
    forwards += 1;
    return forwards < 3 ? null : status(401, 'Unauthorized', 'Unauthorized');
  };
  const { code, err } = await cluster.run(['smoke', 'shop', '--via', 'forward', '--path', '/', '--repeat', '3']);
  t.equal(code, 1, err);
  t.match(err, `${UNRECORDED}no port of the preview can be forwarded (Unauthorized)`);
  passStays(t, cluster);
});

t.test(
  'a program without an exit code, and a server whose name is unknown, say nothing about the preview',
  async (t) => {
    const cluster = await tested(t);
    const missing = await cluster.run(['smoke', 'shop', '--url', 'http://127.0.0.1:1', '--', 'nope']);
    t.strictSame([missing.code, missing.err], [1, `${UNRECORDED}nope: not here\n`]);
    const unknown = await cluster.run(['smoke', 'shop', '--url', 'http://shop.invalid', '--path', '/']);
    t.equal(unknown.code, 1, unknown.err);
    t.match(unknown.err, /so nothing was recorded: getaddrinfo \w+ shop\.invalid: is http:\/\/shop\.invalid reachable/);
    passStays(t, cluster);
  },
);

t.test('a Job whose container did not start says nothing about the preview', async (t) => {
  const cluster = await tested(t);
  const terminated = { exitCode: 128, reason: 'StartError', message: 'exec: "/e2e": no such file or directory' };
  cluster.intercept = ({ method, url }) => {
    if (method === 'POST' && url.includes('/jobs')) {
      cluster.put(POD, {
        metadata: { labels: { 'job-name': 'smoke-x7k2p' } },
        spec: { containers: [{ name: 'e2e' }] },
        status: { phase: 'Failed', containerStatuses: [{ name: 'e2e', state: { terminated } }] },
      });
    }
    return url.includes('/job-pod/log') ? { status: 200, body: '' } : null;
  };
  const { code, err } = await cluster.run(['smoke', 'shop', '--job', 'j.yaml'], { files: { 'j.yaml': JOB } });
  t.equal(code, 1, err);
  t.match(err, 'did not run to its end: exec: "/e2e": no such file or directory');
  passStays(t, cluster);
});

t.test('a Job that goes on longer than --timeout ends the command and is removed', async (t) => {
  const cluster = await tested(t);
  cluster.intercept = ({ method, url }) => {
    if (method === 'POST' && url.includes('/jobs')) {
      cluster.put(POD, {
        metadata: { labels: { 'job-name': 'smoke-x7k2p' } },
        spec: { containers: [{ name: 'e2e' }] },
        status: { phase: 'Running', containerStatuses: [{ name: 'e2e', state: { running: { startedAt: 'now' } } }] },
      });
    }
    return url.includes('/job-pod/log') ? { status: 200, body: '' } : null;
  };
  const line = ['smoke', 'shop', '--job', 'j.yaml', '--timeout', '1s'];
  const { code, err } = await cluster.run(line, { files: { 'j.yaml': JOB } });
  t.equal(code, 3, err);
  t.match(err, 'error: Job smoke-x7k2p did not end within 1s: give it more time with --timeout\n');
  t.notOk(cluster.objects.has('/apis/batch/v1/namespaces/demo/jobs/smoke-x7k2p'));
  passStays(t, cluster);
});

t.test(
  'a Job whose pod does not start within --timeout is told with the reason, not waited for a minute',
  async (t) => {
    const cluster = await tested(t);
    const waiting = { reason: 'ErrImagePull', message: 'connection refused' };
    cluster.intercept = ({ method, url }) => {
      if (method === 'POST' && url.includes('/jobs')) {
        cluster.put(POD, {
          metadata: { labels: { 'job-name': 'smoke-x7k2p' } },
          spec: { containers: [{ name: 'e2e', image: 'e2e:1' }] },
          status: { phase: 'Pending', containerStatuses: [{ name: 'e2e', image: 'e2e:1', state: { waiting } }] },
        });
      }
      return null;
    };
    const line = ['smoke', 'shop', '--job', 'j.yaml', '--timeout', '20s'];
    const { code, err } = await cluster.run(line, { files: { 'j.yaml': JOB }, hurried: true });
    t.equal(code, 1, err);
    t.match(err, 'the pod of Job smoke-x7k2p did not start within 20s: ErrImagePull: image e2e:1 cannot be pulled');
    passStays(t, cluster);
  },
);
