import t from 'tap';
import type { Test } from 'tap';
import { status } from '../fake-cluster.ts';
import { PROMOTED, SHOP } from '../shop.ts';
import { live, trafficShop } from './shop-traffic.ts';
import type { TrafficShop } from './shop-traffic.ts';

// A watch that slept: a colleague rolled its version back and released a fix to the same color meanwhile.

async function open(t: Test): Promise<TrafficShop> {
  const shop = await trafficShop(t, { weights: [0, 100], annotations: PROMOTED });
  return shop;
}

/** Green is active again, with a fix: by another switch. */
function releaseFix(shop: TrafficShop): void {
  const text = JSON.stringify(shop.objects.get(SHOP));
  const fixed = text.replace('2026-03-01T10:00:00Z', '2026-03-01T11:58:00Z').replace('alice', 'carol');
  shop.objects.set(SHOP, JSON.parse(fixed));
}

t.test('errors of the version before are not blamed on the fix: the analysis ends with a word', async (t) => {
  const shop = await open(t);
  shop.customers = (second) => {
    if (second === 10) releaseFix(shop);
    return second < 10 ? { 200: 100 } : { 500: 1000 };
  };
  const { code, out, err } = await shop.run(['analyze', 'shop', '--for', '60s'], { hurried: true });
  t.strictSame([code, out], [1, ''], err);
  t.match(
    err,
    'error: traefikservice.traefik.io/shop was switched away from green and to green again by carol: what is active now is another release, which this analysis did not look at, so the analysis has ended and nothing was rolled back.',
  );
  t.equal(live(shop), 'green');
  t.notMatch(JSON.stringify(shop.objects.get(SHOP)), 'bluegreen.dev/analysis', 'nothing is said about the fix');
});

t.test('a rollback that is tried again does not hit the fix', async (t) => {
  const shop = await open(t);
  shop.customers = () => (live(shop) === 'green' ? { 500: 50 } : { 200: 100 });
  shop.fails = ({ method, body }) => {
    if (method !== 'PATCH' || !body.includes('rolledBack')) return null;
    releaseFix(shop);
    return status(409, 'Conflict', 'the object has been modified');
  };
  const { err } = await shop.run(['analyze', 'shop', '--for', '60s'], { hurried: true });
  t.match(err, 'traefikservice.traefik.io/shop was switched by another client meanwhile and is left unchanged');
  t.equal(live(shop), 'green');
  t.equal(shop.calls.filter(({ method }) => method === 'PATCH').length, 1);
});
