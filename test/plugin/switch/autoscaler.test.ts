import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, shop, TESTED } from '../shop.ts';
import type { ShopOptions } from '../shop.ts';

const HPA = '/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers';
const KEDA = '/apis/keda.sh/v1alpha1/namespaces/demo/scaledobjects';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/demo/deployments';

function hpa(color: string, minReplicas: number, maxReplicas: number): Record<string, object> {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: color };
  return { [`${HPA}/${color}`]: { spec: { scaleTargetRef, minReplicas, maxReplicas } } };
}
function scaledObject(color: string, minReplicaCount: number, annotations = {}): Record<string, object> {
  const spec = { scaleTargetRef: { name: color }, minReplicaCount, maxReplicaCount: 10 };
  return { [`${KEDA}/${color}`]: { metadata: { annotations }, spec } };
}

function open(t: Test, options: ShopOptions, ...more: readonly Record<string, object>[]): Promise<FakeCluster> {
  return fakeCluster(t, Object.assign(shop(options), ...more));
}
/** What was stored, by the last part of its path. */
function writes({ calls }: FakeCluster) {
  return calls
    .filter(({ method, url }) => method === 'PATCH' && !url.includes('dryRun'))
    .map(({ url, body }) => [new URL(url, 'https://x').pathname.split('/').slice(-2).join('/'), JSON.parse(body)]);
}

t.test(
  'deploy gives the autoscaler of the preview the minimum of the active one, and no replicas beyond it',
  async (t) => {
    const cluster = await open(t, { replicas: { blue: 7, green: 1 } }, hpa('blue', 3, 20), hpa('green', 1, 2));
    const { err } = await cluster.run('deploy shop --timeout 0');
    t.match(err, 'horizontalpodautoscaler.autoscaling/green gets at least 3 replicas instead of 1\n');
    t.match(err, 'deployment.apps/green gets 3 replicas\n');
    t.strictSame(writes(cluster), [
      ['horizontalpodautoscalers/green', { spec: { minReplicas: 3, maxReplicas: 3 } }],
      ['deployments/green', { spec: { replicas: 3 } }],
    ]);
  },
);

t.test('what has enough is left to its autoscaler', async (t) => {
  const cluster = await open(t, { replicas: { blue: 7, green: 4 } }, hpa('blue', 3, 20), hpa('green', 3, 20));
  const { code, out, err } = await cluster.run('deploy shop');
  t.equal(code, 0, err);
  t.equal(out, 'traefikservice.traefik.io/shop unchanged\n');
  t.strictSame(writes(cluster), []);
});

t.test('without an autoscaler of the active color, its replicas are the minimum', async (t) => {
  const cluster = await open(t, { replicas: { blue: 4, green: 1 } }, hpa('green', 1, 9));
  await cluster.run('deploy shop --timeout 0');
  t.strictSame(writes(cluster)[0], ['horizontalpodautoscalers/green', { spec: { minReplicas: 4 } }]);
});

t.test('a promotion with an analysis does the same', async (t) => {
  const options = { annotations: TESTED, replicas: { blue: 5, green: 1 } };
  const cluster = await open(t, options, hpa('blue', 2, 20), hpa('green', 1, 20), {
    [`${DEPLOYMENTS}/green/scale`]: { spec: { replicas: 1 } },
  });
  await cluster.run('promote shop --analyze 1s --without-metrics --timeout 0s', { hurried: true });
  t.strictSame(writes(cluster).slice(0, 2), [
    ['horizontalpodautoscalers/green', { spec: { minReplicas: 2 } }],
    ['green/scale', { spec: { replicas: 2 } }],
  ]);
});

t.test('an autoscaler that may not be changed is told, and one that may not be read is none', async (t) => {
  const cluster = await open(t, { replicas: { blue: 3, green: 1 } }, hpa('blue', 3, 9), hpa('green', 1, 9));
  cluster.intercept = ({ method, url }) =>
    method === 'PATCH' && url.startsWith(HPA) ? status(403, 'Forbidden', 'User "ci" cannot patch') : null;
  const { err } = await cluster.run('deploy shop --timeout 0');
  t.match(err, 'Warning: horizontalpodautoscaler.autoscaling/green keeps its minimum of 1 replicas: ');
  const blind = await open(t, { replicas: { blue: 3, green: 1 } }, hpa('green', 1, 9));
  blind.intercept = ({ url }) => (url.startsWith(HPA) ? status(403, 'Forbidden', 'no') : null);
  await blind.run('deploy shop --timeout 0');
  t.strictSame(writes(blind), [['deployments/green', { spec: { replicas: 3 } }]]);
});

t.test('KEDA: decommission pauses a ScaledObject at 0, and deploy lets it scale again', async (t) => {
  const down = { [`${DEPLOYMENTS}/blue/scale`]: { spec: { replicas: 2 } } };
  const cluster = await open(
    t,
    { weights: [0, 100], annotations: PROMOTED },
    scaledObject('blue', 2),
    hpa('blue', 9, 9),
    down,
  );
  const { code, err } = await cluster.run('decommission shop --after 1h --settle 1s', { hurried: true });
  t.equal(code, 0, err);
  t.match(err, 'scaledobject.keda.sh/blue is paused at 0 replicas\n');
  t.match(writes(cluster).slice(-2), [
    ['scaledobjects/blue', { metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } } }],
    ['blue/scale', { spec: { replicas: 0 } }],
  ]);
  const paused = { 'autoscaling.keda.sh/paused-replicas': '0' };
  const options = { weights: [0, 100], annotations: PROMOTED, replicas: { blue: 0, green: 2 } } as const;
  const again = await open(t, options, scaledObject('blue', 2, paused));
  const deployed = await again.run('deploy shop --timeout 0');
  t.match(deployed.err, 'scaledobject.keda.sh/blue gets to scale again\n');
  t.match(writes(again)[0], [
    'scaledobjects/blue',
    { metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': null } } },
  ]);
});

t.test(
  'a rollback to a color that is scaled down resumes its autoscaler and gives it the size of the active one',
  async (t) => {
    const options = { weights: [0, 100], annotations: PROMOTED, replicas: { blue: 0, green: 3 } } as const;
    const scale = { [`${DEPLOYMENTS}/blue/scale`]: { spec: { replicas: 0 } } };
    const cluster = await open(
      t,
      options,
      scaledObject('blue', 1, { 'autoscaling.keda.sh/paused-replicas': '0' }),
      scale,
    );
    await cluster.run('rollback shop --timeout 0s');
    t.strictSame(writes(cluster)[0], [
      'scaledobjects/blue',
      { spec: { minReplicaCount: 3 }, metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': null } } },
    ]);
  },
);
