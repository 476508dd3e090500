import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, shop } from '../shop.ts';

const DEPLOY = ['deploy', 'shop', '--image', 'app=registry.local/shop:1.2', '--timeout', '0'];
const QUOTA = '/api/v1/namespaces/demo/resourcequotas/few';
/** Green has been active for three minutes. */
const JUST_NOW = Object.fromEntries(
  Object.entries(PROMOTED).map(([key, value]) => [
    key,
    value.replaceAll('2026-03-01T10:00:00Z', '2026-03-01T11:57:00Z'),
  ]),
);
const FROZEN = { ...PROMOTED, 'bluegreen.dev/frozen': 'the sale is on' };

async function open(t: Test, annotations: Readonly<Record<string, string>>): Promise<FakeCluster> {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations }));
  return cluster;
}

function stored(cluster: FakeCluster): readonly string[] {
  const calls = cluster.calls.filter(({ method, url }) => method === 'PATCH' && !url.includes('dryRun'));
  return calls.map(({ url }) => url.split('?')[0]?.split('/').slice(-2).join('/') ?? '');
}

t.test('a version that was active minutes ago is overwritten only when that is asked for', async (t) => {
  const cluster = await open(t, JUST_NOW);
  const { code, err } = await cluster.run(DEPLOY);
  t.equal(code, 1, err);
  t.match(
    err,
    'error: blue has the version to roll back to, and it was active until 3m ago: a deployment overwrites it',
  );
  t.match(
    err,
    'Nothing was changed. To deploy to blue all the same, while green has no way back: --overwrite-rollback',
  );
  t.strictSame(stored(cluster), []);
  const asked = await cluster.run([...DEPLOY, '--overwrite-rollback']);
  t.match(asked.err, 'Warning: the instant rollback to blue (shop:1.0) is gone from now on');
  t.strictSame(stored(cluster), ['traefikservices/shop', 'deployments/blue']);
});

t.test('during a freeze the way back is kept; a preview that is none may be deployed to, with a warning', async (t) => {
  const cluster = await open(t, FROZEN);
  const { code, err } = await cluster.run(DEPLOY);
  t.equal(code, 1, err);
  t.match(err, 'and promotions are frozen (the sale is on), so the new version could not replace it');
  t.strictSame(stored(cluster), []);
  const free = await open(t, { 'bluegreen.dev/frozen': 'the sale is on' });
  const deployed = await free.run(DEPLOY);
  t.match(
    deployed.err,
    'Warning: promotions are frozen: the sale is on. What is deployed can be tested, but not promoted',
  );
  t.strictSame(stored(free), ['deployments/blue']);
});

t.test('a workload that the API server would not store keeps the way back', async (t) => {
  const cluster = await open(t, PROMOTED);
  cluster.intercept = ({ method, url }) =>
    method === 'PATCH' && url.includes('/deployments/')
      ? status(403, 'Forbidden', 'eve cannot patch deployments')
      : null;
  const { code, err } = await cluster.run(DEPLOY);
  t.strictSame([code, err], [1, 'Error from server (Forbidden): eve cannot patch deployments\n']);
  t.strictSame(stored(cluster), []);
});

t.test('a quota that a rollout would exceed is known before', async (t) => {
  const cluster = await open(t, PROMOTED);
  cluster.put(QUOTA, { status: { hard: { pods: '4' }, used: { pods: '4' } } });
  const { code, err } = await cluster.run(DEPLOY);
  t.equal(code, 1, err);
  t.match(
    err,
    'error: ResourceQuota few allows 4 pods in namespace demo, and 4 are there: deployment.apps/blue needs 1 more. Nothing was changed.',
  );
  t.strictSame(stored(cluster), []);
  cluster.put(QUOTA, { status: { hard: { pods: '5' }, used: { pods: '4' } } });
  await cluster.run(DEPLOY);
  t.strictSame(stored(cluster), ['traefikservices/shop', 'deployments/blue']);
});

t.test('a preview that gets some of production’s requests is not deployed to', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [60, 40] }));
  for (const command of [DEPLOY, [...DEPLOY, '--overwrite-rollback'], ['deploy', 'shop', '--replicas', '3']]) {
    const { code, err } = await cluster.run(command);
    t.equal(code, 1, err);
    t.match(
      err,
      'error: production is split, and green gets 40% of its requests: a deployment would send them to an untested version. Nothing was changed. To end it: kubectl bluegreen promote shop -n demo --to blue',
    );
  }
  t.strictSame(stored(cluster), []);
});

t.test('weights that are lost split production, too', async (t) => {
  const cluster = await open(t, PROMOTED);
  const object = JSON.stringify(cluster.objects.get(SHOP)).replaceAll(/,"weight":\d+/g, '');
  cluster.put(SHOP, JSON.parse(object));
  const { code, err } = await cluster.run([...DEPLOY, '--to', 'green']);
  t.equal(code, 1);
  t.match(err, 'green gets 50% of its requests');
  t.match(err, 'kubectl bluegreen promote shop -n demo --to green', 'the record tells which color was active');
  t.strictSame(stored(cluster), []);
});
