import t from 'tap';
import {
  childKey,
  normalize,
  objectKey,
  safeChildIn,
  splitProvider,
} from '../../../../webhook/policy/traefik/names.ts';

t.test('a run of characters that are neither letters nor digits is one dash', async (t) => {
  for (const [name, expected] of [
    ['shop', 'shop'],
    ['x.y', 'x-y'],
    ['x--y', 'x-y'],
    ['green@kubernetescrd', 'green-kubernetescrd'],
    ['-shop-', 'shop'],
  ] as const)
    t.equal(normalize(name), expected, name);
});

t.test('a TraefikService and an entry of another one can have the same key', async (t) => {
  t.equal(objectKey('shop', 'blue-80'), childKey('shop', 'blue', 80));
  t.equal(objectKey('shop', 'x.y'), objectKey('shop', 'x-y'));
  t.equal(childKey('shop', 'blue', 'http'), 'shop-blue-http');
});

t.test('the provider is what follows the last @', async (t) => {
  t.strictSame(splitProvider('shop'), { name: 'shop', provider: null });
  t.strictSame(splitProvider('a@b@file'), { name: 'a@b', provider: 'file' });
});

t.test('a name under safeNaming says whose entry it is, and for which Service', async (t) => {
  for (const [key, parent, service] of [
    // As a Traefik 3.7.13 counted it.
    [
      'demo-bluegreen_bluegreen-wrr_wrr_1_demo-bluegreen_green_80',
      'demo-bluegreen_bluegreen-wrr',
      'demo-bluegreen_green',
    ],
    ['shop_front_mirroring_shop_green_http', 'shop_front', 'shop_green'],
  ] as const)
    t.strictSame(safeChildIn(key), { parent, service }, key);
  for (const key of ['shop-green-80', 'shop_front', 'shop_front_0', 'shop_front_0_lb'])
    t.equal(safeChildIn(key), null, key);
});
