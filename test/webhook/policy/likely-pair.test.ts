import t from 'tap';
import { likelyPair } from '../../../webhook/policy/likely-pair.ts';

t.test('names of two versions that are no pair by their names', async (t) => {
  const pairs = [
    ['auction-api-blue-service', 'auction-api-green-service'],
    ['web', 'web-green'],
    ['web-blue', 'web'],
    ['web', 'green-web'],
    ['shop', 'shop-canary'],
    ['stable', 'canary'],
    ['web-stable', 'web-canary'],
    ['web-primary-http', 'web-canary-http'],
    ['web-active', 'web-preview'],
    ['web-v1', 'web-v2'],
    ['web-v9', 'web-v10'],
    ['old-web', 'new-web'],
  ] as const;
  for (const [blue, green] of pairs) {
    t.strictSame(likelyPair([blue, green]), { blue, green });
    t.strictSame(likelyPair(['cart', green, blue]), { blue, green }, 'in any order, beside another');
  }
});

t.test('names that are a pair, or look like none', async (t) => {
  for (const names of [
    ['shop-blue', 'shop-green'],
    ['blue', 'green'],
    ['green-shop', 'blue-shop'],
    ['web', 'api'],
    ['web', 'web-admin'],
    ['web-1', 'web-2'],
    ['web-a', 'web-b'],
    ['bluefin', 'greenhouse'],
    ['web-blue-service', 'api-green-service'],
    ['web-stable', 'api-canary'],
    ['web'],
    [],
    ['web', 'web'],
  ])
    t.equal(likelyPair(names), null, names.join(' and '));
});

t.test('a very long list takes no time that grows with its square', async (t) => {
  const names = Array.from({ length: 100_000 }, (_, index) => `web-${index}`);
  t.equal(likelyPair(names), null);
});
