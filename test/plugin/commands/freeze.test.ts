import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { SHOP, shop, TESTED } from '../shop.ts';

const FROZEN = 'bluegreen.dev/frozen';

async function world(t: Test, annotations: Readonly<Record<string, string>> = {}): Promise<FakeCluster> {
  return fakeCluster(t, shop({ annotations: { ...TESTED, ...annotations } }));
}

function annotationsOf(cluster: FakeCluster): unknown {
  return cluster.objects.get(SHOP)?.metadata['annotations'];
}

t.test('a freeze ends at a time, or after a while', async (t) => {
  for (const [until, stored] of [
    ['2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z'],
    ['2026-03-02T08:00:00+01:00', '2026-03-02T07:00:00Z'],
    ['2026-03-02T08:00Z', '2026-03-02T08:00:00Z'],
    ['48h', '2026-03-03T12:00:00Z'],
  ] as const) {
    const cluster = await world(t);
    const { code, out } = await cluster.run(['freeze', 'shop', '--reason', 'weekend', '--until', until]);
    t.strictSame([code, out], [0, 'traefikservice.traefik.io/shop frozen\n']);
    t.match(annotationsOf(cluster), { [FROZEN]: `until ${stored}: weekend (by jane, 2026-03-01T12:00:00Z)` });
  }
});

t.test('an end that is over, or no time, is denied before anything is asked', async (t) => {
  const cluster = await world(t);
  for (const until of [
    '2026-03-01T11:59:59Z',
    'monday',
    '2026-03-02',
    '2026-03-02T08:00:00',
    '0s',
    '2026-13-02T08:00:00Z',
  ]) {
    const { code, err } = await cluster.run(['freeze', 'shop', '--until', until]);
    t.equal(code, 1, until);
    t.match(err, /is over: it must be a time to come|must be a time with its zone, such as/);
  }
  t.equal(cluster.calls.length, 0);
});

t.test('while it holds, and after it ended', async (t) => {
  const holding = await world(t, { [FROZEN]: 'until 2026-03-02T08:00:00Z: weekend' });
  t.match((await holding.run('status')).out, 'Frozen:     weekend (until 2026-03-02T08:00:00Z)\n');
  t.match((await holding.run('list')).out, / true +/);
  const denied = await holding.run('promote shop');
  t.equal(denied.code, 1);
  t.match(denied.err, 'frozen: promotions are frozen until 2026-03-02T08:00:00Z: weekend.');
  const ended = await world(t, { [FROZEN]: 'until 2026-03-01T08:00:00Z: weekend' });
  t.notMatch((await ended.run('status')).out, 'Frozen:');
  t.match((await ended.run('list')).out, / false +/);
  t.equal((await ended.run('status -o jsonpath={.frozen}{.frozenUntil}')).out, 'nullnull');
  t.equal((await ended.run('promote shop')).code, 0);
  t.match(annotationsOf(ended), { [FROZEN]: /^until/ }, 'it stays until it is lifted');
  t.match((await ended.run('unfreeze shop')).out, 'unfrozen');
});

t.test('a freeze tells who set it, and when', async (t) => {
  const cluster = await world(t);
  await cluster.run('freeze shop --reason weekend');
  t.match(annotationsOf(cluster), { [FROZEN]: 'weekend (by jane, 2026-03-01T12:00:00Z)' });
  const before = await world(t, { [FROZEN]: 'weekend (by joe, 2026-02-28T18:00:00Z)' });
  t.match((await before.run('freeze shop --reason weekend')).out, 'unchanged', 'the same freeze');
  t.match((await cluster.run('status')).out, 'Frozen:     weekend (by jane, 2026-03-01T12:00:00Z)\n');
  t.match((await cluster.run('freeze shop --reason sale')).out, 'frozen');
  t.match(annotationsOf(cluster), { [FROZEN]: /^sale \(by jane, 2026-03-01T/ });
  const unknown = await world(t);
  unknown.intercept = ({ url }) => (url.includes('selfsubjectreviews') ? { status: 403, body: {} } : null);
  t.equal((await unknown.run('freeze shop --reason weekend')).code, 0);
  t.match(annotationsOf(unknown), { [FROZEN]: 'weekend (2026-03-01T12:00:00Z)' });
});

t.test('a freeze of the whole cluster leaves those that are frozen as they are', async (t) => {
  const elsewhere = SHOP.replace('/demo/', '/pay/');
  const both = shop({ annotations: TESTED });
  const cluster = await fakeCluster(t, {
    ...both,
    [elsewhere]: shop({ annotations: { [FROZEN]: 'audit' } })[SHOP] ?? {},
  });
  const { code, out, err } = await cluster.run('freeze -A --reason sale');
  t.strictSame([code, out], [0, 'traefikservice.traefik.io/shop frozen\n']);
  t.equal(err, 'traefikservice.traefik.io/shop in namespace pay stays frozen: audit\n');
  t.match(cluster.objects.get(elsewhere)?.metadata['annotations'], { [FROZEN]: 'audit' });
  t.match((await cluster.run('freeze shop -A')).err, 'name cannot be provided with --all-namespaces');
  t.equal((await cluster.run('unfreeze -A')).out.match(/ unfrozen\n/g)?.length, 2);
  t.match(
    (await cluster.run('freeze -A -l team=web')).err,
    'no blue-green TraefikService of the cluster has the labels',
  );
});
