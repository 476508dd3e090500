import type { Facts } from '../policy/index.ts';
import type { FactsQuery } from './gather.ts';

/**
 * Milliseconds for which facts count as read now. The two entries that look at one promotion are asked within a few
 * milliseconds, and as much passes between any look and the write that it is about.
 */
export const RECENT_MS = 100;

/** What was read for the entry before, for the next one that looks at the same request. */
export interface RecentFacts {
  /** Facts whose reading ended just now; null when there are none. */
  find(query: FactsQuery): Facts | null;
  keep(query: FactsQuery, facts: Facts): void;
}

/** `elapsed` is in milliseconds, of a clock that is never set. */
export function createRecentFacts(elapsed: () => number): RecentFacts {
  const kept = new Map<string, { readonly until: number; readonly facts: Facts }>();
  return {
    find(query) {
      const found = kept.get(keyOf(query));
      return found !== undefined && elapsed() < found.until ? found.facts : null;
    },
    keep(query, facts) {
      const now = elapsed();
      for (const [key, { until }] of kept) if (until <= now) kept.delete(key);
      // What could not be read is asked again at once.
      if (facts.known) kept.set(keyOf(query), { until: now + RECENT_MS, facts });
    },
  };
}

/** Names in Kubernetes have no slash. */
function keyOf({ namespace, pair }: FactsQuery): string {
  return `${namespace}/${pair.blue}/${pair.green}`;
}
