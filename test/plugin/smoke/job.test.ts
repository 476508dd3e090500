// A smoke test in a Job: what is sent, what its log says, and what happens where there can be none.
import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';

/** The pod of the Job that a fake cluster creates. */
function jobPod(state: object) {
  return {
    metadata: {
      name: 'job-pod',
      namespace: 'demo',
      labels: { 'job-name': 'bluegreen-smoke-shop-x7k2p' },
      resourceVersion: '1',
    },
    spec: { containers: [{ name: 'bluegreen' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'bluegreen', state }] },
  };
}

t.test('in a Job: what is sent, and what its log says', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const pods = '/api/v1/namespaces/demo/pods';
  cluster.intercept = ({ method, url, body }) => {
    if (method === 'POST' && url.includes('/jobs')) cluster.objects.set(`${pods}/job-pod`, jobPod({ running: {} }));
    if (method === 'PATCH') {
      const patch: { metadata: { annotations: object } } = JSON.parse(body);
      t.strictSame(patch.metadata.annotations, { 'bluegreen.dev/smoke-test': 'passed:bbb222' });
    }
    if (!url.includes('/job-pod/log')) return null;
    cluster.objects.set(`${pods}/job-pod`, jobPod({ terminated: { exitCode: 0 } }));
    const results = [{ name: 'GET /', requests: 1, failed: 0, reasons: [], latency: { p50: 3, max: 3 } }];
    const lines = ['a warning of the runtime', JSON.stringify({ kind: 'results', version: '0', results })];
    return { status: 200, body: lines.map((line) => `2026-03-01T12:00:00.000000001Z ${line}\n`).join('') };
  };
  const run = await cluster.run('smoke shop --path / --job-image registry.local/bluegreen:1 --job-pull-secret pull');
  t.match(run.out, /GET \/ +passed +1 +3ms +3ms\n\n.* passed in .* at http:\/\/green\.demo\n/);
  const sent: { spec: { template: { spec: Record<string, unknown> } } } = JSON.parse(
    cluster.calls.find(({ method, url }) => method === 'POST' && url.includes('/jobs'))?.body ?? '{}',
  );
  t.match(sent, {
    metadata: { generateName: 'bluegreen-smoke-shop-' },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: 3600,
      activeDeadlineSeconds: 660,
      template: {
        spec: {
          automountServiceAccountToken: false,
          imagePullSecrets: [{ name: 'pull' }],
          containers: [{ image: 'registry.local/bluegreen:1', args: ['smoke-checks'] }],
        },
      },
    },
  });
});

t.test('Ctrl-C removes the Job that was started', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const interruption = new AbortController();
  cluster.intercept = ({ method, url }) => {
    if (method === 'GET' && url.includes('job-name')) interruption.abort(new Error('interrupted'));
    return null;
  };
  const args = ['smoke', 'shop', '--path', '/', '--via', 'job', '--job-image', 'registry.local/bluegreen:1'];
  const { code, err } = await cluster.run(args, { interrupted: interruption.signal });
  t.strictSame([code, err], [130, '']);
  t.match(cluster.calls.at(-1), {
    method: 'DELETE',
    url: '/apis/batch/v1/namespaces/demo/jobs/bluegreen-smoke-shop-x7k2p?propagationPolicy=Background',
  });
  t.notOk([...cluster.objects.keys()].some((path) => path.includes('/jobs/')));
});

t.test('where no Job may be created it asks through a forwarded port, and says why', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = ({ url }) =>
    url.includes('selfsubjectaccessreviews') ? { status: 201, body: { status: { allowed: false } } } : null;
  const forbidden = await cluster.run('smoke shop --path /');
  t.match(forbidden.err, 'Asking through a forwarded port, because you may not create Jobs in namespace demo.\n');
  cluster.intercept = () => null;
  const unknown = await cluster.run('smoke shop --path /');
  t.match(unknown.err, 'Asking through a forwarded port, because which image a Job is to run is not known');
  const chosen = await cluster.run('smoke shop --path / --via job');
  t.equal(chosen.code, 1);
  t.match(chosen.err, 'name it with --job-image or in BLUEGREEN_IMAGE');
});
