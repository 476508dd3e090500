import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, TESTED, shop } from '../shop.ts';
import type { ShopOptions } from '../shop.ts';
import { deniedBy, untested } from '../untested.ts';

const RELEASE = ['release', 'shop', '--image', 'app=registry.local/shop:1.2', '--path', '/', '--analyze', '0'];
const NOT_BEGUN = 'could not be promoted to green in the end, so nothing was begun and nothing was changed:\n';

async function open(t: Test, options: ShopOptions = {}): Promise<FakeCluster> {
  const cluster = await fakeCluster(t, shop(options));
  return cluster;
}

function nothingChanged(t: Test, cluster: FakeCluster): void {
  const writes = cluster.calls.filter(({ method, url }) => method !== 'GET' && !/dryRun|accessreviews/.test(url));
  t.strictSame(
    writes.map(({ method, url }) => `${method} ${url}`),
    [],
    'nothing was changed',
  );
}

t.test('a release during a freeze does not begin, and the way back stays', async (t) => {
  const annotations = { ...PROMOTED, 'bluegreen.dev/frozen': 'the sale is on' };
  const cluster = await open(t, { weights: [0, 100], annotations });
  const { code, err } = await cluster.run(RELEASE);
  t.equal(code, 1, err);
  t.match(err, 'could not be promoted to blue in the end, so nothing was begun and nothing was changed:\n');
  t.match(
    err,
    '  - frozen: promotions are frozen: the sale is on. To lift the freeze, run: kubectl bluegreen unfreeze',
  );
  nothingChanged(t, cluster);
});

t.test('what only the webhook or the API server knows is asked by a dry run', async (t) => {
  for (const [finding, says] of [
    [deniedBy('smoke-test: none', 'permission: a promotion needs the verb promote'), '- permission: a promotion needs'],
    [() => status(403, 'Forbidden', 'User "eve" cannot patch resource'), '- User "eve" cannot patch resource'],
    [() => status(403, 'Forbidden', 'admission webhook "other" denied it: no'), '- admission webhook "other" denied'],
  ] as const) {
    const cluster = await open(t);
    cluster.intercept = (call) => (call.method === 'PATCH' ? finding(call) : null);
    const { code, err } = await cluster.run(RELEASE);
    t.equal(code, 1, err);
    t.match(err, NOT_BEGUN);
    t.match(err, says);
    t.notMatch(err, '- smoke-test', 'what the release is about to do is no reason');
    nothingChanged(t, cluster);
  }
});

t.test('a webhook that records nothing would not bind the test', async (t) => {
  const cluster = await open(t);
  const { code, err } = await cluster.run(RELEASE);
  t.equal(code, 1, err);
  t.match(err, `${NOT_BEGUN}  - the webhook does not record switches in namespace demo`);
  nothingChanged(t, cluster);
});

t.test('a test that cannot be run, and an analysis without metrics, are known before', async (t) => {
  const cluster = await open(t);
  cluster.intercept = (call) =>
    call.url.includes('accessreviews') ? { status: 201, body: { status: { allowed: false } } } : untested(call);
  const test = await cluster.run(RELEASE);
  t.equal(test.code, 1, test.err);
  t.match(test.err, 'so nothing was begun: you may neither create Jobs nor forward ports in namespace demo');
  cluster.intercept = untested;
  const analysis = await cluster.run(RELEASE.slice(0, -2));
  t.equal(analysis.code, 1, analysis.err);
  t.match(analysis.err, "error: Traefik's metrics cannot be read: no ready Traefik pod was found");
  nothingChanged(t, cluster);
});

t.test('a promotion that scales up first asks before', async (t) => {
  const cluster = await open(t, { annotations: TESTED, replicas: { blue: 3, green: 1 } });
  cluster.intercept = deniedBy('permission: a promotion needs the verb promote');
  const { code, err } = await cluster.run(['promote', 'shop', '--analyze', '1s', '--without-metrics']);
  t.equal(code, 1, err);
  t.match(err, `${NOT_BEGUN}  - permission: a promotion needs the verb promote`);
  nothingChanged(t, cluster);
});

t.test('a rollback that is denied in the end scales nothing up', async (t) => {
  const objects = shop({ weights: [0, 100], annotations: PROMOTED, replicas: { blue: 0, green: 2 } });
  const text = JSON.stringify(objects).replaceAll('"image":"registry.local/shop:1.0"', '"image":"registry.local/x:9"');
  const changed: Record<string, object> = JSON.parse(text);
  const cluster = await fakeCluster(t, changed);
  const { code, err } = await cluster.run(['rollback', 'shop']);
  t.equal(code, 1, err);
  t.match(err, 'cannot be rolled back to blue. Nothing was changed:\n  - smoke-test: blue ran registry.local/shop:1.0');
  nothingChanged(t, cluster);
});
