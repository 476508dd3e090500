import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, colorObjects, shop } from '../shop.ts';

const SLICE = '/apis/discovery.k8s.io/v1/namespaces/demo/endpointslices/blue-x';
const RELEASE = shop({ weights: [0, 100], annotations: PROMOTED });

interface Slice {
  endpoints: { conditions: Record<string, boolean>; targetRef: { name: string } }[];
}

/** The release with other endpoints behind blue, which production is to go back to. */
function behindBlue(change: (endpoint: Slice['endpoints'][number], index: number) => void): Record<string, object> {
  const objects: Record<string, object> = structuredClone(RELEASE);
  const slice: Slice = JSON.parse(JSON.stringify(objects[SLICE]));
  slice.endpoints.forEach(change);
  return { ...objects, [SLICE]: slice };
}

/** What was asked before the switch was sent, without namespaces and versions; all of it where none was. */
function before(cluster: FakeCluster): readonly string[] {
  const index = cluster.calls.findIndex(({ method }) => method === 'PATCH');
  const calls = index < 0 ? cluster.calls : cluster.calls.slice(0, index);
  return calls.map(({ url }) => new URL(url, 'https://fake').pathname.replace(/^.*\/namespaces\/demo\//, '')).sort();
}

const SHORT = ['endpointslices', 'traefikservices/shop', 'traefikservices/shop'];

t.test('a rollback is sent as soon as the object and the endpoints are read, which is one step', async (t) => {
  const cluster = await fakeCluster(t, RELEASE);
  t.match(await cluster.run('rollback shop'), { code: 0, err: 'green → blue: blue (shop:1.0) is active again.' });
  t.strictSame(before(cluster), SHORT);
  t.match(JSON.stringify(cluster.objects.get(SHOP)), '"name":"blue","port":80,"weight":100');
});

t.test('Services of other names are asked for once the object tells them', async (t) => {
  const annotations = { ...PROMOTED, 'bluegreen.dev/blue': 'blue', 'bluegreen.dev/green': 'green' };
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations }));
  cluster.intercept = ({ url }) =>
    url.includes('shop-blue') ? { status: 200, body: { kind: 'List', metadata: {}, items: [] } } : null;
  t.match(await cluster.run('rollback shop'), { code: 0 });
  t.strictSame(before(cluster), ['endpointslices', ...SHORT]);
});

const DOUBTS = [
  {
    name: 'no endpoint of it is ready',
    objects: behindBlue(({ conditions }) => Object.assign(conditions, { ready: false, serving: false })),
  },
  {
    name: 'its endpoints are published before they are ready',
    objects: behindBlue(({ conditions }) => Object.assign(conditions, { ready: true, serving: false })),
  },
  {
    name: 'its last endpoints terminate',
    objects: behindBlue(({ conditions }) => Object.assign(conditions, { ready: false, terminating: true })),
  },
  {
    name: 'one endpoint is of another revision',
    objects: behindBlue(({ targetRef }, index) => {
      if (index === 0) targetRef.name = 'blue-ccc333-0';
    }),
  },
  {
    name: 'pods do not carry their revision in their names',
    objects: behindBlue(({ targetRef }, index) => {
      targetRef.name = `blue-${index}`;
    }),
  },
];

for (const { name, objects } of DOUBTS)
  t.test(`a color is looked at in full before it gets traffic: ${name}`, async (t) => {
    const cluster = await fakeCluster(t, objects);
    await cluster.run('rollback shop --timeout 0s');
    const asked = before(cluster);
    for (const each of ['services/blue', 'pods']) t.ok(asked.includes(each), `asks for ${each}`);
  });

t.test('a color that is down is never switched to', async (t) => {
  for (const { name, objects } of DOUBTS.slice(0, 3)) {
    const cluster = await fakeCluster(t, objects);
    const { code } = await cluster.run('rollback shop --timeout 0s');
    t.not(code, 0, name);
    t.strictSame(cluster.objects.get(SHOP)?.['spec'], Object(RELEASE[SHOP]).spec, name);
  }
});

t.test('a color that was redeployed meanwhile is denied without a webhook', async (t) => {
  const redeployed: Record<string, object> = JSON.parse(
    JSON.stringify(colorObjects('blue', 2)).replaceAll('aaa111', 'ccc333').replaceAll('shop:1.0', 'shop:9.9'),
  );
  const others = Object.entries(RELEASE).filter(([path]) => !path.includes('/blue'));
  const cluster = await fakeCluster(t, { ...Object.fromEntries(others), ...redeployed });
  const { code, err } = await cluster.run('rollback shop');
  t.not(code, 0, err);
  t.match(err, 'cannot be rolled back to blue. Nothing was changed');
});

t.test('without a request that the webhook sees, everything is looked at', async (t) => {
  const cluster = await fakeCluster(t, RELEASE);
  t.match(await cluster.run('rollback shop --dry-run=client'), { code: 0 });
  t.ok(before(cluster).includes('services/blue'));
});

t.test('what is wrong with production after a rollback is still told', async (t) => {
  const cluster = await fakeCluster(t, RELEASE);
  cluster.objects.delete('/api/v1/namespaces/demo/services/green');
  const { code, err } = await cluster.run('rollback shop');
  t.equal(code, 0);
  t.match(err, 'shop: Production answers 404: Service green does not exist in demo');
});
