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
    t.match(annotationsOf(cluster), { [FROZEN]: `until ${stored}: weekend` });
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
