import t from 'tap';
import { TIMING, whileElected } from '../../../webhook/leader-election/elector.ts';
import { recordingLog } from '../recording-log.ts';
import { VirtualClock } from '../../common/virtual-clock.ts';
import { FakeLease } from './fake-lease.ts';

const HOUR = 3_600_000;

/** Replicas that compete for one lease, and who of them works. */
function contest() {
  const clock = new VirtualClock();
  const api = new FakeLease();
  const working = new Set<string>();
  const overlaps: string[] = [];
  function start(identity: string, skew = 0) {
    const line = { cut: false, hangs: false };
    const stop = new AbortController();
    const log = recordingLog();
    const election = { store: api.store(line), identity, timing: TIMING, clock: clock.machine(skew), log };
    async function work(signal: AbortSignal): Promise<void> {
      if (working.size > 0) overlaps.push(`${identity} beside ${[...working].join()}`);
      working.add(identity);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      working.delete(identity);
    }
    const ended = whileElected(election, work, stop.signal);
    return { line, log, stop: () => stop.abort(), ended };
  }
  return { clock, api, working, overlaps, start };
}

t.test('one of two replicas works, and keeps the lease', async (t) => {
  const { clock, api, working, overlaps, start } = contest();
  start('a');
  start('b');
  await clock.pass(HOUR);
  t.same([...working], ['a']);
  t.same(overlaps, []);
  t.equal(api.lease.holder, 'a');
  t.equal(api.lease.transitions, 1);
  t.ok(api.claims.length < HOUR / TIMING.renewEvery + 2, 'a write per renewal and no more');
  t.equal(api.claims.filter(({ acquired }) => acquired !== undefined).length, 1);
});

t.test('when the one that works is killed, the other takes over after the duration and not before', async (t) => {
  const { clock, working, api, start } = contest();
  const a = start('a');
  start('b');
  await clock.pass(60_000);
  working.delete('a');
  a.line.hangs = true;
  await clock.pass(TIMING.duration - TIMING.renewEvery);
  t.equal(api.lease.holder, 'a');
  await clock.pass(TIMING.renewEvery + 2 * TIMING.retryEvery);
  t.same([...working], ['b']);
  t.equal(api.lease.transitions, 2);
});

t.test('one that ends gives the lease back, so that the other need not wait', async (t) => {
  const { clock, working, api, start } = contest();
  const a = start('a');
  start('b');
  await clock.pass(60_000);
  a.stop();
  await a.ended;
  t.equal(api.lease.holder, null);
  t.same([...working], []);
  await clock.pass(2 * TIMING.retryEvery);
  t.same([...working], ['b']);
});

t.test('clocks that differ by hours change nothing', async (t) => {
  const { clock, working, overlaps, start, api } = contest();
  const a = start('a', -5 * HOUR);
  start('b', 5 * HOUR);
  start('c', 0);
  await clock.pass(HOUR);
  t.same([...working], ['a']);
  a.line.cut = true;
  await clock.pass(60_000);
  t.equal(working.size, 1);
  t.notOk(working.has('a'));
  t.not(api.lease.holder, 'a');
  t.same(overlaps, []);
});

t.test('one that is cut off stops before another one starts, and says so once', async (t) => {
  for (const fault of ['cut', 'hangs'] as const) {
    const { clock, working, overlaps, start } = contest();
    const a = start('a');
    start('b');
    await clock.pass(60_000);
    a.line[fault] = true;
    await clock.pass(TIMING.deadline + TIMING.call);
    t.notOk(working.has('a'), fault);
    await clock.pass(HOUR);
    t.same([...working], ['b']);
    t.same(overlaps, []);
    t.same(
      a.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
      ['leader election failed', 'the lease was lost: this replica does not audit any more'],
    );
    a.line[fault] = false;
    await clock.pass(HOUR);
    t.same([...working], ['b'], 'and does not take the lease back');
  }
});

t.test('a short failure does not cost the lease', async (t) => {
  const { clock, working, api, start } = contest();
  const a = start('a');
  start('b');
  await clock.pass(60_000);
  a.line.cut = true;
  await clock.pass(TIMING.renewEvery);
  a.line.cut = false;
  await clock.pass(HOUR);
  t.same([...working], ['a']);
  t.equal(api.lease.transitions, 1);
});

t.test('a lost update: of several that see the lease free, one gets it', async (t) => {
  const { clock, working, overlaps, api, start } = contest();
  for (const name of ['a', 'b', 'c', 'd']) start(name);
  await clock.pass(0);
  t.equal(api.claims.length, 1, 'the other writes were based on an older version');
  t.equal(working.size, 1);
  await clock.pass(60_000);
  t.same(overlaps, []);
});

t.test('a write by somebody else that leaves the holder alone is no loss', async (t) => {
  const { clock, working, api, start } = contest();
  start('a');
  await clock.pass(1000);
  api.put({});
  await clock.pass(60_000);
  t.same([...working], ['a']);
  t.equal(api.lease.transitions, 1);
});

t.test('a lease that another one took is lost at the next renewal', async (t) => {
  const { clock, working, api, start } = contest();
  start('a');
  await clock.pass(1000);
  api.put({ holder: 'somebody', durationMs: HOUR });
  await clock.pass(2 * TIMING.renewEvery);
  t.same([...working], []);
});

t.test('a container that starts again in the same pod takes its own lease at once', async (t) => {
  const { clock, working, api, start } = contest();
  api.put({ holder: 'a', durationMs: HOUR, transitions: 3 });
  start('a');
  await clock.pass(0);
  t.same([...working], ['a']);
  t.equal(api.lease.transitions, 3);
});

t.test('without the Lease nobody works, and that is said once', async (t) => {
  const { clock, working, api, start } = contest();
  api.exists = false;
  const a = start('a');
  await clock.pass(HOUR);
  t.same([...working], []);
  t.equal(a.log.lines.length, 1);
  api.exists = true;
  await clock.pass(2 * TIMING.retryEvery);
  t.same([...working], ['a']);
});

t.test('work that throws is a bug that is logged, and the lease is kept', async (t) => {
  const { clock, api } = contest();
  const log = recordingLog();
  const stop = new AbortController();
  const election = { store: api.store(), identity: 'a', timing: TIMING, clock: clock.machine(), log };
  const ended = whileElected(election, () => Promise.reject(new Error('oh')), stop.signal);
  await clock.pass(60_000);
  t.match(log.lines, [{ level: 'info' }, { level: 'error', fields: { stack: /oh/ } }]);
  stop.abort();
  await ended;
});
