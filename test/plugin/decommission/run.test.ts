import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, TESTED, shop } from '../shop.ts';
import type { ShopOptions } from '../shop.ts';

// Green was promoted two hours ago; blue is what it left. No Traefik can be asked here: that is shown on a real cluster.

const SCALE = '/apis/apps/v1/namespaces/demo/deployments/blue/scale';
const AFTER_1H = ['--after', '1h', '--settle', '1s'] as const;

function open(t: Test, options: ShopOptions = {}): Promise<FakeCluster> {
  return fakeCluster(t, {
    ...shop({ weights: [0, 100], annotations: PROMOTED, ...options }),
    [SCALE]: { spec: { replicas: 2 } },
  });
}
function listed(cluster: FakeCluster): string {
  return [...JSON.stringify(cluster.objects.get(SHOP)?.['spec']).matchAll(/"name":"(blue|green)"/g)]
    .map(([, name]) => name)
    .join();
}
function replicas(cluster: FakeCluster): string {
  return JSON.stringify(cluster.objects.get(SCALE)?.['spec']);
}

t.test('out of the list, then down', async (t) => {
  const cluster = await open(t);
  const { code, out, err } = await cluster.run(['decommission', 'shop', ...AFTER_1H]);
  t.equal(code, 0, err);
  t.equal(out, 'traefikservice.traefik.io/shop decommissioned\n');
  t.match(err, 'blue (shop:1.0) was left 120m ago');
  t.match(err, 'Waiting 1s instead of a proof (--settle)');
  t.match(err, 'Deployment blue is scaled to 0');
  t.match(err, 'The instant rollback is gone: kubectl bluegreen rollback shop -n demo has to bring blue up first');
  t.equal(listed(cluster), 'green');
  t.equal(replicas(cluster), '{"replicas":0}');
  const patches = cluster.calls.filter(({ method }) => method === 'PATCH');
  t.match(patches[0]?.body, '"replicas":2', 'while it is listed, the webhook denies any fewer');
  const writes = patches.map(({ url }) => url);
  t.match(writes, [/\/scale\?.*dryRun=All/, new RegExp(`${SHOP}\\?`), /\/scale\?/], 'asked first, then in this order');
  t.notMatch(writes[2], 'dryRun');
});

t.test('without a proof that Traefik has dropped it, it is not scaled down, and can be gone on with', async (t) => {
  const cluster = await open(t);
  const { code, err } = await cluster.run('decommission --after 1h');
  t.equal(code, 1);
  t.match(err, 'there is no proof that every Traefik replica has dropped blue, so it is not scaled down');
  t.equal(listed(cluster), 'green');
  t.equal(replicas(cluster), '{"replicas":2}');
});

t.test('too early', async (t) => {
  const cluster = await open(t);
  t.match(await cluster.run('decommission shop'), {
    code: 1,
    err: 'is not decommissioned: green is active for 120m only, and a rollback is instant until 24h (--after). Nothing was changed',
  });
  t.equal(listed(cluster), 'blue,green');
});

t.test('the active color, by its name', async (t) => {
  const cluster = await open(t);
  const { code, err } = await cluster.run(['decommission', 'shop', '--color', 'green', ...AFTER_1H]);
  t.equal(code, 1);
  t.match(err, 'green is active and must not be decommissioned. Nothing was changed');
});

t.test('no switch is recorded', async (t) => {
  const cluster = await open(t, { annotations: {} });
  const { code, err } = await cluster.run(['decommission', 'shop', ...AFTER_1H]);
  t.equal(code, 1);
  t.match(err, 'no switch to green is recorded, so the age of blue as the previous color is unknown');
});

t.test('the next release is no leftover', async (t) => {
  const tested = await open(t, {
    weights: [0, 100],
    annotations: {
      ...PROMOTED,
      'bluegreen.dev/smoke-test-record': TESTED['bluegreen.dev/smoke-test-record'].replace('"green"', '"blue"'),
    },
  });
  t.match((await tested.run(['decommission', ...AFTER_1H])).err, 'blue is tested and waits to be promoted');
  const record = PROMOTED['bluegreen.dev/record'].replaceAll('shop:1.0', 'shop:0.9');
  const newer = await open(t, { annotations: { ...PROMOTED, 'bluegreen.dev/record': record } });
  const { code, err } = await newer.run(['decommission', ...AFTER_1H]);
  t.equal(code, 1);
  t.match(err, 'blue runs shop:1.0, which was never active (active was shop:0.9): it may be the next release');
});

t.test('dry runs change nothing', async (t) => {
  const cluster = await open(t);
  const client = await cluster.run(['decommission', 'shop', '--dry-run', ...AFTER_1H]);
  t.equal(client.out, 'traefikservice.traefik.io/shop decommissioned (dry run)\n');
  t.match(client.err, 'What is behind blue would be scaled from 2 replicas to 0 then');
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 0);
  const server = await cluster.run(['decommission', 'shop', '--dry-run=server', ...AFTER_1H]);
  t.equal(server.out, 'traefikservice.traefik.io/shop decommissioned (server dry run)\n');
  t.equal(listed(cluster), 'blue,green');
});

t.test('--all: what is not due is passed over, what fails does not stop the rest', async (t) => {
  const cluster = await open(t);
  const objects = shop({ weights: [0, 100], annotations: PROMOTED });
  const stored = cluster.objects.get(SHOP);
  for (const name of ['cart', 'young']) {
    const path = SHOP.replace('shop', name);
    if (stored === undefined) continue;
    const record =
      name === 'young'
        ? PROMOTED['bluegreen.dev/record'].replaceAll('T10:00:00Z', 'T11:59:00Z')
        : PROMOTED['bluegreen.dev/record'];
    const annotations = { ...PROMOTED, 'bluegreen.dev/record': record };
    cluster.objects.set(path, { ...objects[SHOP], metadata: { ...stored.metadata, name, annotations } });
  }
  cluster.intercept = ({ method, url }) =>
    method === 'PATCH' && url.includes('/cart') ? status(403, 'Forbidden', 'not this one') : null;
  const { code, out, err } = await cluster.run(['decommission', '--all', ...AFTER_1H]);
  t.equal(code, 1, err);
  t.match(err, 'cart failed: Error from server (Forbidden): not this one');
  t.match(err, 'young is skipped: green is active for 60s only');
  t.match(err, 'error: 1 of 3 releases failed');
  t.equal(out, 'traefikservice.traefik.io/shop decommissioned\n');
  t.match((await cluster.run('decommission --all shop')).err, 'a NAME and --all exclude each other');
  t.match((await cluster.run('decommission -A')).err, '-A is for --all');
});

t.test('a second time there is nothing to do', async (t) => {
  const cluster = await open(t, { listed: ['green'], replicas: { blue: 0, green: 2 } });
  const { code, out, err } = await cluster.run(['decommission', 'shop', ...AFTER_1H]);
  t.equal(code, 0, err);
  t.equal(out, 'traefikservice.traefik.io/shop unchanged\n');
});
