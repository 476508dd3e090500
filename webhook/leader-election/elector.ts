import { messageOf } from '../../common/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { jittered } from '../../common/clock.ts';
import type { Clock } from '../../common/clock.ts';
import type { Lease, LeaseClaim, LeaseStore } from './lease.ts';

/** Milliseconds. Whoever holds the lease gives up after `deadline + call`, which has to be less than `duration`. */
export interface Timing {
  /** Silence after which the others take the lease. */
  readonly duration: number;
  readonly renewEvery: number;
  /** Time without a renewal after which the holder gives up by itself. */
  readonly deadline: number;
  /** Between tries to get the lease, and to renew it after a failure. */
  readonly retryEvery: number;
  /** For one call. */
  readonly call: number;
}

export const TIMING: Timing = { duration: 15_000, renewEvery: 5000, deadline: 10_000, retryEvery: 2500, call: 3000 };

export interface Election {
  readonly store: LeaseStore;
  /** Nobody else's: the name of the pod. */
  readonly identity: string;
  readonly timing: Timing;
  readonly clock: Clock;
  readonly log: Log;
}

/** The lease as held, and since when on the own clock. */
interface Term {
  readonly lease: Lease;
  readonly renewedAt: number;
}

/**
 * Runs `work` while this replica holds the lease: again after every time it was lost and won back, until `signal` is
 * aborted. The signal given to `work` is aborted when the lease is lost; the next try waits for the work to end. On the
 * way out the lease is given back, so that another replica need not wait. Never rejects.
 *
 * Times of day of different machines are never compared: a lease has run out when it was seen unchanged for its
 * duration on the own clock. Every write names the version that it is based on, so that of two that see it free one wins.
 */
export async function whileElected(
  election: Election,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, store, timing, identity } = election;
  const said = sayOnce(log);
  while (!signal.aborted) {
    const won = await acquire(election, said, signal);
    if (won === null) return;
    log.info({ holder: identity }, 'this replica audits');
    const term = new AbortController();
    const working = work(term.signal).catch((error: unknown) => {
      log.error({ stack: error instanceof Error ? error.stack : String(error) }, 'the audit failed: this is a bug');
    });
    const held = await keep(election, won, said, signal);
    term.abort();
    await working;
    if (held === null) {
      log.warn({ holder: identity }, 'the lease was lost: this replica does not audit any more');
    } else {
      const released = store.write(held.version, claimOf(election, held, null), clock.deadline(timing.call));
      await released.catch(() => {});
    }
  }
}

/** Waits for the lease; null when aborted before. */
async function acquire(election: Election, said: Say, signal: AbortSignal): Promise<Term | null> {
  const { store, clock, timing, identity } = election;
  let seen = { version: '', at: 0 };
  while (!signal.aborted) {
    try {
      const lease = await store.read(clock.deadline(timing.call));
      if (lease === null) throw new Error('the Lease does not exist: the chart installs it');
      if (lease.version !== seen.version) seen = { version: lease.version, at: clock.now() };
      const silent = clock.now() - seen.at >= (lease.durationMs ?? timing.duration);
      if (!signal.aborted && (lease.holder === null || lease.holder === identity || silent)) {
        const renewedAt = clock.now();
        const claim = claimOf(election, lease, identity);
        const written = await store.write(lease.version, claim, clock.deadline(timing.call));
        if (written !== null) return { lease: written, renewedAt };
      }
      said('');
    } catch (error) {
      said(messageOf(error));
    }
    await clock.wait(jittered(timing.retryEvery, clock), signal);
  }
  return null;
}

/** Renews until `signal` is aborted; the lease as it was last written then, or null when it was lost. */
async function keep(election: Election, won: Term, said: Say, signal: AbortSignal): Promise<Lease | null> {
  const { clock, timing } = election;
  let { lease, renewedAt } = won;
  let pause = timing.renewEvery;
  for (;;) {
    await clock.wait(jittered(pause, clock), signal);
    if (signal.aborted) return lease;
    const started = clock.now();
    try {
      const renewed = await renew(election, lease);
      if (renewed === null) return null;
      lease = renewed;
      renewedAt = started;
      pause = timing.renewEvery;
      said('');
    } catch (error) {
      said(messageOf(error));
      if (clock.now() - renewedAt >= timing.deadline) return null;
      pause = Math.min(timing.retryEvery, timing.deadline - (clock.now() - renewedAt));
    }
  }
}

/** Null when another replica has the lease. A write by others that leaves the holder alone (a label) is no loss. */
async function renew(election: Election, held: Lease): Promise<Lease | null> {
  const { store, clock, timing, identity } = election;
  function write({ version, ...lease }: Lease): Promise<Lease | null> {
    return store.write(version, claimOf(election, { version, ...lease }, identity), clock.deadline(timing.call));
  }
  const written = await write(held);
  if (written !== null) return written;
  const present = await store.read(clock.deadline(timing.call));
  return present?.holder === identity ? write(present) : null;
}

function claimOf({ clock, timing, identity }: Election, lease: Lease, holder: string | null): LeaseClaim {
  const renewed = clock.date();
  const claim = { holder, durationMs: timing.duration, transitions: lease.transitions, renewed };
  if (holder === null || lease.holder === identity) return claim;
  return { ...claim, transitions: lease.transitions + 1, acquired: renewed };
}

type Say = (problem: string) => void;

/** Logs a problem when it is another one than before. */
function sayOnce(log: Log): Say {
  let last = '';
  return (problem) => {
    if (problem !== last && problem !== '') log.warn({ reason: problem }, 'leader election failed');
    last = problem;
  };
}
