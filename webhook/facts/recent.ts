import { at, text } from '../../common/json.ts';
import type { Change, Facts } from '../policy/index.ts';
import type { FactsQuery } from './gather.ts';

/**
 * Milliseconds for which facts count as read now. The two entries that look at one promotion are asked within a few
 * milliseconds, and as much passes between any look and the write that it is about.
 */
export const RECENT_MS = 100;
/**
 * A look at thousands of pods takes longer than a request may: it goes on, and is there when the client asks again after a
 * second. It may go on for LOOK_MOST_MS. It then counts as read now for as long as it took, since what it read first is
 * as old, but at most for LATE_MOST_MS. A look that no request missed counts for RECENT_MS.
 */
const LOOK_MOST_MS = 15_000;
const LATE_MOST_MS = 5000;
/** Looks that go on while no request waits for them. */
const LEFT_MOST = 4;

const LATE: Facts = { known: false, reason: 'the API server did not answer in time' };

/**
 * What is read for one write, for all reviews of it. What is kept allows, and does not deny: facts that do not suffice are
 * read anew, so that whatever was created, became ready or settled meanwhile counts at once, be it a Service, a
 * ServersTransport, a pod or a rollout. What was deleted, or began to roll out, within RECENT_MS is not seen, as it is not
 * between any look and the write that it is about. So a look counts for the reviews of one write alone, whose client has
 * had no answer that it could act on: after a dry run, or a write that went through, everything is read anew.
 */
export interface RecentFacts {
  /** What `gather` finds, or found just now. Resolves to unknown facts when `signal` is aborted. */
  read(look: LookUp, signal: AbortSignal): Promise<Facts>;
}

export interface LookUp {
  readonly query: FactsQuery;
  /** What all reviews of one write have in common, and no write after it: see writeOf. */
  readonly write: string;
  /** Whether nothing is denied by these facts. */
  readonly suffice: (facts: Facts) => boolean;
  readonly gather: (signal: AbortSignal) => Promise<Facts>;
}

interface Look {
  readonly facts: Promise<Facts>;
  readonly stop: () => void;
  waiting: number;
  /** Whether a request could not wait for its end, so that its client asks again. */
  missed: boolean;
}

interface Kept {
  readonly until: number;
  readonly facts: Facts;
  /** Whether a request missed them, so that its client has no better when it asks again: these deny, too. */
  readonly missed: boolean;
}

/** `elapsed` is in milliseconds, of a clock that is never set. */
export function createRecentFacts(elapsed: () => number): RecentFacts {
  const kept = new Map<string, Kept>();
  const looks = new Map<string, Look>();

  function keep(
    key: string,
    facts: Facts,
    { missed, took }: { readonly missed: boolean; readonly took: number },
  ): void {
    const now = elapsed();
    for (const [each, { until }] of kept) if (until <= now) kept.delete(each);
    const lasts = missed ? Math.max(RECENT_MS, Math.min(took, LATE_MOST_MS)) : RECENT_MS;
    // What could not be read is asked again at once.
    if (facts.known) kept.set(key, { until: now + lasts, facts, missed });
  }

  function start(key: string, gather: (signal: AbortSignal) => Promise<Facts>): Look {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LOOK_MOST_MS);
    timer.unref();
    const started = elapsed();
    async function run(): Promise<Facts> {
      try {
        const facts = await gather(stop.signal);
        keep(key, facts, { missed: look.missed, took: elapsed() - started });
        return facts;
      } finally {
        clearTimeout(timer);
        looks.delete(key);
      }
    }
    const look: Look = { facts: run(), stop: () => stop.abort(), waiting: 0, missed: false };
    looks.set(key, look);
    return look;
  }

  function leave(look: Look): void {
    look.waiting -= 1;
    const left = [...looks.values()].filter(({ waiting }) => waiting === 0);
    if (look.waiting === 0 && left.length > LEFT_MOST) look.stop();
  }

  async function wait(look: Look, signal: AbortSignal): Promise<Facts> {
    look.waiting += 1;
    const facts = await unlessAborted(look.facts, signal).finally(() => leave(look));
    if (facts === LATE) look.missed = true;
    return facts;
  }

  return {
    async read(look, signal) {
      const key = keyOf(look);
      const found = kept.get(key);
      const counts = found !== undefined && elapsed() < found.until && (found.missed || look.suffice(found.facts));
      return counts ? found.facts : wait(looks.get(key) ?? start(key, look.gather), signal);
    },
  };
}

function unlessAborted(facts: Promise<Facts>, signal: AbortSignal): Promise<Facts> {
  return new Promise((resolve, reject) => {
    function late(): void {
      resolve(LATE);
    }
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    facts.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

/** Names in Kubernetes have no slash. */
function keyOf({ query: { namespace, pair, group, named }, write }: LookUp): string {
  return [namespace, pair.blue, pair.green, group, write, ...named].join('/');
}

/**
 * A write by the object that it is made to, its version and whether it is a dry run: a write that went through has left
 * another version behind.
 */
export function writeOf({ name, oldObject }: Pick<Change, 'name' | 'oldObject'>, dryRun: boolean): string {
  const version = text(at(oldObject, 'metadata', 'resourceVersion')) ?? '';
  return [name, version, dryRun ? 'dry run' : ''].join('/');
}
