import t from 'tap';
import { reachedColor, routedNamesIn, serviceNamesIn } from '../../../../webhook/policy/traefik/reach.ts';
import type { Color, Pair } from '../../../../webhook/policy/index.ts';
import type { Json } from '../../../../common/json.ts';

const PAIR: Pair = { blue: 'shop-blue', green: 'shop-green' };

function key(name: string, namespace?: string): Json {
  return { kind: 'TraefikService', name, namespace };
}

t.test('an entry reaches a color by each of the names that Traefik has for it', async (t) => {
  const around = { namespace: 'shop', pair: PAIR, keys: new Set(['shop-shop-green-extra']) };
  const rows: readonly (readonly [Json, Color | null])[] = [
    [{ name: 'shop-green', port: 80 }, 'green'],
    [{ name: 'shop-green@kubernetescrd', port: 80 }, 'green'],
    [{ name: 'shop-green', namespace: 'shop', port: 80 }, 'green'],
    [{ name: 'shop-green', namespace: 'other', port: 80 }, null],
    [key('shop-green-80'), 'green'],
    [key('shop-green-http-web'), 'green'],
    [key('shop-green-80@kubernetescrd'), 'green'],
    [key('shop--green.80'), 'green'],
    [key('green-80', 'shop-shop'), 'green'],
    [key('shop-green'), null],
    [key('shop-greenery-80'), null],
    [key('shop-green-80@file'), null],
    [key('shop'), null],
    [{ kind: 'Deployment', name: 'shop-green' }, null],
    ['shop-green', null],
  ];
  for (const [entry, color] of rows) t.equal(reachedColor(entry, 'shop', around), color, JSON.stringify(entry));
});

t.test('a TraefikService that exists stands for itself', async (t) => {
  const around = { namespace: 'shop', pair: PAIR, keys: new Set(['shop-shop-green-extra']) };
  t.equal(reachedColor(key('shop-green-extra'), 'shop', around), null);
});

t.test('of two names that begin alike the longer one owns the key', async (t) => {
  const around = { namespace: 'shop', pair: { blue: 'v1', green: 'v1-next' }, keys: new Set<string>() };
  t.equal(reachedColor(key('v1-next-80'), 'shop', around), 'green');
  t.equal(reachedColor(key('v1-80'), 'shop', around), 'blue');
});

t.test('names of Services come without the provider, and of the key of a port', async (t) => {
  const entries = [{ name: 'blue@kubernetescrd' }, key('shop-green-http-web'), key('green-80'), { name: 'x@file' }];
  t.same(serviceNamesIn(entries), [
    'blue',
    'shop-green-http-web',
    'green-80',
    'x@file',
    'shop-green-http',
    'green',
    'shop-green',
  ]);
  t.same(routedNamesIn(entries), ['blue', 'x@file', 'shop-green-http', 'green', 'shop-green']);
  t.same(serviceNamesIn(['green', null]), ['', '']);
});
