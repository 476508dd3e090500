import t from 'tap';
import { collisionsOf, namespacesOf } from '../../../webhook/policy/index.ts';
import type { NamedObject } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';

const BLUE = { name: 'blue', port: 80 };
const GREEN = { name: 'green', port: 80 };

function object(name: string, ...services: readonly JsonObject[]): JsonObject {
  return { metadata: { name, namespace: 'shop' }, spec: { weighted: { services } } };
}
function release(name: string, ...services: readonly JsonObject[]): NamedObject {
  return {
    group: 'traefik.io',
    namespace: 'shop',
    object: object(name, ...services),
    pair: { blue: 'blue', green: 'green' },
  };
}
const SHOP = release('shop', { ...BLUE, weight: 100 }, { ...GREEN, weight: 0 });

function keys(written: JsonObject, others: readonly NamedObject[], oldObject: JsonObject | null = null) {
  const ours = { group: 'traefik.io', namespace: 'shop', object: written, oldObject, pair: null } as const;
  return collisionsOf(ours, others).map(({ key }) => key);
}

t.test('a name that Traefik folds into that of a release collides with it', async (t) => {
  t.same(keys(object('my.shop', { name: 'x', port: 80 }), [release('my-shop', BLUE)]), ['shop-my-shop']);
  t.same(keys(object('shop'), [SHOP]), [], 'the same name in the other group is a migration');
  t.same(keys(object('my.shop'), [{ ...release('my-shop'), pair: null }]), [], 'neither is a release');
});

t.test('a name that is the key of a color collides with it', async (t) => {
  t.same(keys(object('blue-80', { name: 'x', port: 80 }), [SHOP]), ['shop-blue-80']);
  t.same(keys(object('blue-81', { name: 'x', port: 80 }), [SHOP]), [], 'another port');
  t.same(keys(object('cart', { name: 'shop', port: 'web' }), [release('shop-web', BLUE)]), ['shop-shop-web']);
});

t.test('one Service with one port and the same options is one thing', async (t) => {
  t.same(keys(object('host', { ...GREEN, weight: 7 }), [SHOP]), []);
  const [found] = collisionsOf(
    {
      group: 'traefik.io',
      namespace: 'shop',
      object: object('host', { ...BLUE, scheme: 'https' }),
      oldObject: null,
      pair: null,
    },
    [SHOP],
  );
  t.match(found, { key: 'shop-blue-80', active: true, other: { name: 'shop' } });
  const [preview] = collisionsOf(
    {
      group: 'traefik.io',
      namespace: 'shop',
      object: object('host', { ...GREEN, scheme: 'https' }),
      oldObject: null,
      pair: null,
    },
    [SHOP],
  );
  t.match(preview, { key: 'shop-green-80', active: false });
});

t.test('a namespace and a name that fold into those of another namespace collide', async (t) => {
  const other = { ...SHOP, namespace: 'shop-x' };
  t.same(keys(object('x-blue-80', { name: 'y', port: 80 }), [other]), ['shop-x-blue-80']);
  t.same(keys(object('x-shop', { name: 'y', port: 80 }), [other]), ['shop-x-shop']);
  t.same(keys(object('cart', { name: 'x-blue', port: 80, scheme: 'https' }), [other]), ['shop-x-blue-80']);
  t.same(keys(object('shop', BLUE), [other]), [], 'the same names in another namespace are others');
});

t.test('the namespaces that keys could belong to are few', async (t) => {
  const written = { group: 'traefik.io', namespace: 'a-b', oldObject: null, pair: null } as const;
  t.same(namespacesOf({ ...written, object: object('c-d', { name: 'e', port: 80 }) }), ['a-b', 'a', 'a-b-c', 'a-b-e']);
  t.same(namespacesOf({ ...written, namespace: 'shop', object: object('cart') }), ['shop']);
  const many = Array.from({ length: 50 }, (_, index) => ({ name: `s-${index}`, port: 80 }));
  t.equal(namespacesOf({ ...written, object: object('c', ...many) }).length, 8);
  t.same(namespacesOf({ ...written, object: object('c'), oldObject: object('c') }), [], 'nothing is taken');
});

t.test('a release that lists its own key collides with itself', async (t) => {
  const written = { ...release('blue-80', BLUE), namespace: 'shop', oldObject: null };
  t.match(collisionsOf(written, []), [{ key: 'shop-blue-80', other: null }]);
});

t.test("what was so before is not this request's doing", async (t) => {
  const old = object('blue-80', { ...GREEN, scheme: 'h2c' });
  t.same(keys(object('blue-80', { ...GREEN, scheme: 'h2c', weight: 3 }), [SHOP], old), []);
  t.same(keys(object('blue-80', { ...GREEN, scheme: 'https' }), [SHOP], old), ['shop-green-80']);
});
