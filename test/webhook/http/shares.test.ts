import t from 'tap';
import { createShares } from '../../../webhook/http/shares.ts';

/** Shares, and who had to give way, in this order. */
function setUp(most: number, proven: readonly string[] = []) {
  const gone: string[] = [];
  const shares = createShares(most, (peer) => proven.includes(peer));
  let number = 0;
  function take(peer: string, amount = 1) {
    const name = `${peer}${(number += 1)}`;
    return shares.take(peer, amount, () => void gone.push(name));
  }
  return { gone, take };
}

t.test('what is left is taken by whoever comes', async (t) => {
  const { take, gone } = setUp(3);
  for (let each = 0; each < 3; each++) t.ok(take('a'));
  t.equal(take('a'), null, 'a peer never takes the place of its own');
  t.same(gone, []);
});

t.test('who holds most gives way, its oldest first, until both hold as much', async (t) => {
  const { take, gone } = setUp(4);
  for (let each = 0; each < 4; each++) take('a');
  t.ok(take('b'));
  t.ok(take('b'));
  t.same(gone, ['a1', 'a2']);
  t.equal(take('b'), null);
  t.ok(take('c'), 'a third finds room as well');
  t.same(gone, ['a1', 'a2', 'a3']);
});

t.test('what was given back is free, once', async (t) => {
  const { take, gone } = setUp(2);
  const first = take('a');
  take('a');
  first?.();
  first?.();
  t.ok(take('b'));
  t.equal(take('b'), null);
  t.same(gone, []);
});

t.test('a large share makes several give way, and too large a one none', async (t) => {
  const { take, gone } = setUp(100);
  for (let each = 0; each < 10; each++) take('slow', 10);
  t.ok(take('api', 25));
  t.same(gone, ['slow1', 'slow2', 'slow3']);
  t.equal(take('b', 101), null);
});

t.test('an API server gives way to no other peer, and every other one to it', async (t) => {
  const { take, gone } = setUp(4, ['api']);
  for (let each = 0; each < 3; each++) take('api');
  take('pod');
  t.equal(take('other'), null, 'although the API server holds more');
  t.ok(take('api'));
  t.same(gone, ['pod4']);
  t.equal(take('api'), null);
});
