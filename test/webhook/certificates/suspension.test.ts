import t from 'tap';
import { watchFrozen } from '../../../webhook/certificates/suspension.ts';

t.test('a process that stood still for too long has to look around first', async (t) => {
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  let now = 0;
  let thaws = 0;
  const frozen = watchFrozen({ elapsed: () => now, limitMs: 60_000, onThaw: () => thaws++ }, stop.signal);
  now += 59_000;
  t.notOk(frozen.missedSomething(), 'a short stop is no matter');
  now += 61_000;
  t.ok(frozen.missedSomething());
  t.equal(thaws, 1, 'a look is asked for');
  t.ok(frozen.missedSomething(), 'until it has looked');
  frozen.looked();
  t.notOk(frozen.missedSomething());
  t.equal(thaws, 1);
});
