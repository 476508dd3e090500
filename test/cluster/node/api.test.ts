import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { until } from './api.ts';

t.test('what holds at once is not waited for, and what never holds ends with the time', async (t) => {
  t.equal(await until(() => Promise.resolve(true), 0), false, 'no time, no look');
  t.equal(await until(() => Promise.resolve(true), 60_000), true);
  t.equal(await until(() => Promise.resolve(false), 1), false);
});

t.test('between two looks it pauses for longer than a look takes, and at least as long as it is told', async (t) => {
  for (const [lookMs, pause, longest] of [
    [60, 10, 120],
    [0, 80, 80],
  ] as const) {
    const times: number[] = [];
    async function look(): Promise<boolean> {
      times.push(performance.now());
      await sleep(lookMs);
      return times.length === 3;
    }
    t.equal(await until(look, 60_000, pause), true);
    for (const [index, time] of times.slice(1).entries()) {
      const between = time - (times[index] ?? 0) - lookMs;
      // Node's timers may be a millisecond early, and of a look twice the whole milliseconds count.
      t.ok(between >= longest - 4, `${between} ms after a look of ${lookMs} ms`);
    }
  }
});
