import { STARTED } from './counts.ts';
import type { Counts } from './counts.ts';

/** What was counted between two observations, by all replicas together. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly counts: Counts;
}

/** Differences of counters over time. Times are in milliseconds. */
export interface CounterHistory {
  /** The newest counts of each replica, those that are gone included. */
  readonly replicas: ReadonlyMap<string, { readonly at: number; readonly counts: Counts }>;
  readonly stretches: readonly Stretch[];
}

export const EMPTY: CounterHistory = { replicas: new Map(), stretches: [] };

/**
 * Enters one observation. A replica that is seen for the first time only becomes known; one that could not be read is left out
 * and makes up for it with the next observation; one whose counters began anew counts from zero.
 */
export function enter(history: CounterHistory, at: number, observations: ReadonlyMap<string, Counts>): CounterHistory {
  const replicas = new Map(history.replicas);
  const stretches = [...history.stretches];
  for (const [replica, counts] of observations) {
    const before = replicas.get(replica);
    if (before !== undefined) {
      stretches.push({ from: before.at, to: at, counts: difference(before.counts, counts) });
    }
    replicas.set(replica, { at, counts });
  }
  return { replicas, stretches };
}

/** What was counted from a time on. A stretch belongs to the time at which it began. */
export function countedSince(history: CounterHistory, from: number): Counts {
  const total = new Map<string, number>();
  for (const stretch of history.stretches) {
    if (stretch.from < from) continue;
    for (const [key, value] of stretch.counts) total.set(key, (total.get(key) ?? 0) + value);
  }
  return total;
}

function difference(before: Counts, after: Counts): Counts {
  const restarted = before.get(STARTED) !== after.get(STARTED);
  const result = new Map<string, number>();
  for (const [key, value] of after) {
    if (key === STARTED) continue;
    const old = restarted ? 0 : (before.get(key) ?? 0);
    // A counter that fell began anew, whatever the process says.
    result.set(key, value < old ? value : value - old);
  }
  return result;
}
