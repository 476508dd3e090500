import t from 'tap';
import { createServerClock } from '../../../webhook/kube/server-clock.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');

/** A node whose clock is so many milliseconds ahead of the API server's. */
function node(ahead: number) {
  let real = NOON;
  const clock = createServerClock(() => real + ahead);
  return {
    clock,
    /** An answer that took `took` milliseconds, half of them on its way back. */
    ask: (took = 20) => {
      const sent = real + ahead;
      real += took / 2;
      const date = new Date(real).toUTCString();
      real += took / 2;
      clock.answered(date, sent);
    },
    pass: (milliseconds: number) => void (real += milliseconds),
    set: (milliseconds: number) => void (ahead = milliseconds),
    off: () => clock.now().getTime() - real,
  };
}

t.test('clocks that agree are left alone, also by slow answers', (t) => {
  const { clock, ask, pass, off } = node(300);
  for (const took of [10, 900, 10_000]) {
    pass(333);
    ask(took);
    t.equal(clock.ahead(), 0);
    t.equal(off(), 300);
  }
  t.equal(clock.problem(), null);
  t.end();
});

t.test('an hour ahead, or behind, the time is the API server’s within a second, and does not flicker', (t) => {
  for (const ahead of [3_600_000, -3_600_000]) {
    const { clock, ask, pass, off } = node(ahead);
    t.equal(off(), ahead, 'before the first answer');
    ask();
    const first = clock.ahead();
    for (let each = 0; each < 50; each++) {
      pass(137);
      ask(each * 10);
      t.equal(clock.ahead(), first);
    }
    t.ok(Math.abs(off()) < 1000, `${off()} ms`);
  }
  t.end();
});

t.test('two nodes that are a minute apart agree', (t) => {
  const early = node(-30_000);
  const late = node(30_000);
  early.ask();
  late.ask();
  t.ok(Math.abs(early.clock.now().getTime() - late.clock.now().getTime()) < 1000);
  t.end();
});

t.test('a clock that is set right is trusted again', (t) => {
  const { clock, ask, set } = node(60_000);
  ask();
  t.match(clock.problem(), /^the clock of this node is \d+ s ahead of the API server's: .*NTP/);
  set(0);
  ask();
  t.equal(clock.ahead(), 0);
  set(-60_000);
  ask();
  t.match(clock.problem(), /s behind the API server's/);
  t.end();
});

t.test('an answer without a date says nothing', (t) => {
  const { clock } = node(60_000);
  clock.answered(undefined, NOON);
  clock.answered('yesterday', NOON);
  t.equal(clock.ahead(), 0);
  t.end();
});
