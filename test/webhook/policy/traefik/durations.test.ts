import t from 'tap';
import { isDuration } from '../../../../webhook/policy/traefik/durations.ts';

t.test('what Traefik reads as a duration: whole seconds and Go durations', async (t) => {
  for (const value of [5, -1, 0, '5', '-5', '100ms', '1m30s', '.5s', '1.s', '5µs', '-1ns', '+2h'])
    t.equal(isDuration(value), true, String(value));
});

t.test('what it does not', async (t) => {
  const none = ['', 'fast', '10 s', '1d', '1.5', 's', '5S', '1h-5m', '99999999999999999999', '9999999999h', 1.5, null];
  for (const value of [...none, undefined, true, {}, []]) t.equal(isDuration(value), false, JSON.stringify(value));
});
