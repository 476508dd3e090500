import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, shop, TESTED } from '../shop.ts';

type Weight = number | undefined;

/** The shop with any weights; undefined leaves one out, as a manifest does. */
function split(blue: Weight, green: Weight, annotations: Readonly<Record<string, string>> = {}) {
  const objects: Record<string, object> = shop({ annotations });
  const services = [
    { name: 'blue', port: 80, weight: blue },
    { name: 'green', port: 80, weight: green },
  ];
  const object: object = JSON.parse(JSON.stringify({ ...objects[SHOP], spec: { weighted: { services } } }));
  return { ...objects, [SHOP]: object };
}
async function said(cluster: FakeCluster, ...args: readonly string[]) {
  const { out, err } = await cluster.run(args);
  return `${err}${out}`;
}
function weightsIn(cluster: FakeCluster) {
  return JSON.stringify(cluster.objects.get(SHOP))
    .match(/"weight":\d+/g)
    ?.join(' ');
}

const CASES = [
  { weights: [60, 30], shares: 'blue 67% green 33%', to: 'blue' },
  { weights: [30, 60], shares: 'blue 33% green 67%', to: 'green' },
  { weights: [50, 50], shares: 'blue 50% green 50%', to: 'blue' },
  { weights: [undefined, undefined], shares: 'blue 50% green 50%', to: 'blue' },
  { weights: [undefined, 100], shares: 'blue 1% green 99%', to: 'green' },
  { weights: [100_000, 1], shares: 'blue >99% green <1%', to: 'blue' },
] as const;

for (const { weights, shares, to } of CASES)
  t.test(`weights ${weights.join('/')} read as SPLIT, with the command that ends it`, async (t) => {
    const cluster = await fakeCluster(t, split(weights[0], weights[1]));
    const first = `SPLIT ${shares}: requests get more than one version. To end it: kubectl bluegreen promote shop -n demo --to ${to}`;
    const status = await said(cluster, 'status');
    t.equal(status.split('\n')[0], first);
    t.match(status, `Active:     SPLIT ${shares}\n`);
    const list = await said(cluster, 'list');
    t.equal(list.split('\n')[0], `traefikservice.traefik.io/shop in namespace demo: ${first}`);
    const [blue, green] = shares.split(' green ');
    t.match(list, `shop   SPLIT(${blue?.replace(' ', ':')},green:${green})   `);
    t.equal(await said(cluster, 'status', '-o', 'jsonpath={.split}{" "}{.active}'), `true ${to}`);
    t.equal(await said(cluster, 'status', '-o', 'jsonpath={.problems[*].kind}'), 'SPLIT');
    t.match(await said(cluster, 'doctor'), `× demo/traefikservice.traefik.io/shop: SPLIT ${shares}`);
  });

t.test('one color with all of the requests is no split, whatever its weight is', async (t) => {
  for (const blue of [100, 7, undefined]) {
    const cluster = await fakeCluster(t, split(blue, 0));
    t.notMatch(await said(cluster, 'status'), 'SPLIT');
    t.equal(await said(cluster, 'status', '-o', 'jsonpath={.split} {.colors[*].share}'), 'false 1 0');
    t.equal(await said(cluster, 'promote', '--to', 'blue'), 'traefikservice.traefik.io/shop unchanged\n');
  }
});

t.test('the color that was active before the split is named', async (t) => {
  const cluster = await fakeCluster(t, split(undefined, undefined, PROMOTED));
  t.match(await said(cluster, 'status'), 'requests get more than one version (green was active before). To end it:');
});

t.test('ending a split tells what changes, and warns of nothing', async (t) => {
  const cluster = await fakeCluster(t, split(60, 30));
  t.equal(
    await said(cluster, 'promote', '--to', 'blue'),
    'SPLIT blue 67% green 33% → blue: blue (shop:1.0) is active now.\ntraefikservice.traefik.io/shop promoted\n',
  );
  t.equal(weightsIn(cluster), '"weight":100 "weight":0');
});

t.test('ending a split after a promotion leaves the rollback as it was', async (t) => {
  const cluster = await fakeCluster(t, split(30, 60, PROMOTED));
  const ended = await said(cluster, 'promote', '--to', 'green');
  t.match(ended, 'SPLIT blue 33% green 67% → green: green (shop:1.1) is active now.\nTo roll back: kubectl');
  t.notMatch(ended, 'Warning');
});

t.test('a rollback out of a split tells what changes', async (t) => {
  const cluster = await fakeCluster(t, split(60, 30, PROMOTED));
  t.match(await said(cluster, 'status'), 'Rollback:   possible to blue');
  t.match(await said(cluster, 'rollback'), 'SPLIT blue 67% green 33% → blue: blue (shop:1.0) is active again.\n');
  t.equal(weightsIn(cluster), '"weight":100 "weight":0');
});

t.test('a promotion out of a split to the tested color', async (t) => {
  const cluster = await fakeCluster(t, split(60, 30, TESTED));
  t.match(await said(cluster, 'promote'), 'SPLIT blue 67% green 33% → green: green (shop:1.1) is active now.\n');
  t.equal(weightsIn(cluster), '"weight":0 "weight":100');
});

t.test('with no weight at all nothing is active, and a promotion gives one color all of it', async (t) => {
  const cluster = await fakeCluster(t, split(0, 0));
  const first =
    'Production answers 503: no color has weight. To end it: kubectl bluegreen promote shop -n demo --to blue';
  const status = await said(cluster, 'status');
  t.equal(status.split('\n')[0], first);
  t.match(status, 'Active:     nothing\n');
  t.match(await said(cluster, 'list'), 'shop   <nothing>   0 ');
  t.match(await said(cluster, 'promote', '--to', 'blue'), 'nothing → blue: blue (shop:1.0) is active now.\n');
  t.equal(weightsIn(cluster), '"weight":100 "weight":0');
});
