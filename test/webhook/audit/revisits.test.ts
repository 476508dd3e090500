import t from 'tap';
import { createRevisits } from '../../../webhook/audit/revisits.ts';
import type { Target } from '../../../webhook/audit/inspect.ts';
import { VirtualClock } from '../../common/virtual-clock.ts';

function target(name: string): Target {
  return { group: 'traefik.io', namespace: 'demo', name };
}

/** Takes what is due each half second, and when that was, in milliseconds. */
function setUp() {
  const clock = new VirtualClock();
  const revisits = createRevisits(clock.machine());
  const taken: [number, string][] = [];
  let now = 0;
  async function pass(milliseconds: number, meanwhile: () => void = () => {}): Promise<void> {
    for (const end = now + milliseconds; now < end;) {
      meanwhile();
      await clock.pass(500);
      now += 500;
      for (const { name } of revisits.take(2)) taken.push([now, name]);
    }
  }
  return { clock, revisits, taken, pass };
}

t.test('what changes once is looked at soon, and after the time that another admission may take', async (t) => {
  const { revisits, taken, pass } = setUp();
  revisits.changed(target('shop'));
  await pass(120_000);
  t.same(taken, [
    [1500, 'shop'],
    [10_000, 'shop'],
    [35_000, 'shop'],
  ]);
});

t.test('what changes all the time is looked at at the same pace, and again after its last change', async (t) => {
  const { revisits, taken, pass } = setUp();
  await pass(60_000, () => revisits.changed(target('shop')));
  const during = taken.length;
  t.ok(during >= 20 && during <= 40, `${during} looks`);
  await pass(120_000);
  t.ok(taken.length - during >= 2 && taken.length - during <= 3, `${taken.length - during} looks`);
  t.ok((taken.at(-1)?.[0] ?? 0) >= 60_000 + 34_000, 'half a minute after the last change');
});

t.test('no more than asked for is taken at a time, the longest due first', async (t) => {
  const { revisits, taken, pass } = setUp();
  for (const name of ['a', 'b', 'c', 'd', 'e']) revisits.changed(target(name));
  await pass(3000);
  t.same(
    taken.map(([, name]) => name),
    ['a', 'b', 'c', 'd', 'e'],
  );
  t.same(
    taken.map(([at]) => at),
    [1500, 1500, 2000, 2000, 2500],
  );
});

t.test('more than a thousand are left to the next audit', async (t) => {
  const { clock, revisits } = setUp();
  for (let each = 0; each < 3000; each++) revisits.changed(target(`shop-${each}`));
  await clock.pass(2000);
  t.equal(revisits.take(Infinity).length, 1000);
});

t.test('one waits until something is due, for so long, or until it is stopped', async (t) => {
  const { clock, revisits } = setUp();
  let ended = 0;
  function wait(milliseconds: number, signal = new AbortController().signal): void {
    void revisits.due(milliseconds, signal).then(() => ended++);
  }
  wait(5000);
  await clock.pass(4999);
  t.equal(ended, 0);
  await clock.pass(1);
  t.equal(ended, 1, 'nothing was due');
  wait(60_000);
  revisits.changed(target('shop'));
  await clock.pass(1499);
  t.equal(ended, 1);
  await clock.pass(1);
  t.equal(ended, 2, 'a change that comes meanwhile is due in time');
  revisits.take(1);
  const stop = new AbortController();
  wait(60_000, stop.signal);
  stop.abort();
  await clock.pass(0);
  t.equal(ended, 3);
});
