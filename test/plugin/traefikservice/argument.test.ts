import t from 'tap';
import { allTargets, firstTarget, parseTarget } from '../../../plugin/traefikservice/argument.ts';

t.test('a name alone, or with its type, in every spelling that kubectl takes', async (t) => {
  t.same(parseTarget('shop'), { name: 'shop', group: null });
  for (const type of ['traefikservice', 'traefikservices', 'ts', 'TraefikService'])
    t.same(parseTarget(`${type}/shop`), { name: 'shop', group: null }, type);
  t.same(parseTarget('traefikservice.traefik.io/shop'), { name: 'shop', group: 'traefik.io' });
  t.same(parseTarget('ts.v1alpha1.traefik.containo.us/shop'), { name: 'shop', group: 'traefik.containo.us' });
});

t.test('another type, and what no object can be called', async (t) => {
  for (const wrong of ['deployment/shop', 'traefikservice.example.com/shop'])
    t.throws(() => parseTarget(wrong), { message: /is not a resource type that can be switched/ }, wrong);
  for (const wrong of ['Shop', 'ts/', 'a/b/c', ''])
    t.throws(
      () => parseTarget(wrong),
      { message: `invalid name "${wrong}": expected NAME or traefikservice/NAME` },
      wrong,
    );
});

t.test('a command without an argument leaves the name open', async (t) => {
  t.equal(firstTarget([]), null);
  t.same(firstTarget(['shop']), { name: 'shop', group: null });
  t.same(allTargets([]), [null]);
  t.same(allTargets(['shop', 'ts/web', 'shop']), [
    { name: 'shop', group: null },
    { name: 'web', group: null },
  ]);
});
