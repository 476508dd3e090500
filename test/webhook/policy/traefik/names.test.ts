import t from 'tap';
import { childKey, normalize, objectKey, splitProvider } from '../../../../webhook/policy/traefik/names.ts';

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
