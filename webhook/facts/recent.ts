import type { Facts } from '../policy/index.ts';
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

/** What is read for one request, for those that ask for the same at that time or right after it. */
export interface RecentFacts {
  /** What `gather` finds, or found just now. Resolves to unknown facts when `signal` is aborted. */
  read(query: FactsQuery, signal: AbortSignal, gather: (signal: AbortSignal) => Promise<Facts>): Promise<Facts>;
}

interface Look {
  readonly facts: Promise<Facts>;
  readonly stop: () => void;
  waiting: number;
  /** Whether a request could not wait for its end, so that its client asks again. */
  missed: boolean;
}

/** `elapsed` is in milliseconds, of a clock that is never set. */
export function createRecentFacts(elapsed: () => number): RecentFacts {
  const kept = new Map<string, { readonly until: number; readonly facts: Facts }>();
  const looks = new Map<string, Look>();

  function keep(key: string, facts: Facts, took: number): void {
    const now = elapsed();
    for (const [each, { until }] of kept) if (until <= now) kept.delete(each);
    if (settled(facts)) kept.set(key, { until: now + Math.max(RECENT_MS, Math.min(took, LATE_MOST_MS)), facts });
  }

  function start(key: string, gather: (signal: AbortSignal) => Promise<Facts>): Look {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LOOK_MOST_MS);
    timer.unref();
    const started = elapsed();
    async function run(): Promise<Facts> {
      try {
        const facts = await gather(stop.signal);
        keep(key, facts, look.missed ? elapsed() - started : 0);
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

  return {
    async read(query, signal, gather) {
      const key = keyOf(query);
      const found = kept.get(key);
      if (found !== undefined && elapsed() < found.until) return found.facts;
      const look = looks.get(key) ?? start(key, gather);
      look.waiting += 1;
      const facts = await unlessAborted(look.facts, signal).finally(() => leave(look));
      if (facts === LATE) look.missed = true;
      return facts;
    },
  };
}

/**
 * What could not be read is asked again at once, and so is a Service that is missing: a client that sends a dry run of
 * everything first, as Flux does, creates it between the dry run of the TraefikService and its write.
 */
function settled(facts: Facts): boolean {
  return facts.known && facts.blue.service !== null && facts.green.service !== null;
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
function keyOf({ namespace, pair, group, named }: FactsQuery): string {
  return [namespace, pair.blue, pair.green, ...(named.length === 0 ? [] : [group, ...named])].join('/');
}
