import t from 'tap';
import { jittered, systemClock, within } from '../../common/clock.ts';
import { VirtualClock } from './virtual-clock.ts';

function untilAborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted')));
}

t.test('work has so long and no longer', async (t) => {
  const clock = new VirtualClock();
  let ended = '';
  const work = within(5000, clock.machine(), new AbortController().signal, untilAborted).then((how) => (ended = how));
  await clock.pass(4999);
  t.equal(ended, '');
  await clock.pass(1);
  t.equal(ended, 'aborted');
  await work;
});

t.test('work ends with the signal around it', async (t) => {
  const stop = new AbortController();
  const work = within(60_000, systemClock, stop.signal, untilAborted);
  stop.abort();
  t.equal(await work, 'aborted');
});

t.test('work that is done in time gives its result, and a failure is its own', async (t) => {
  const { signal } = new AbortController();
  t.equal(await within(60_000, systemClock, signal, () => Promise.resolve(7)), 7);
  await t.rejects(
    within(60_000, systemClock, signal, () => Promise.reject(new Error('oh'))),
    { message: 'oh' },
  );
});

t.test('jitter stays within a tenth', async (t) => {
  t.equal(jittered(1000, { random: () => 0 }), 900);
  t.ok(Math.abs(jittered(1000, { random: () => 1 }) - 1100) < 1e-6);
});
