// Which group of test files a lane works on next.
import { expected } from './durations.ts';
import type { Durations } from './durations.ts';
import type { Group } from './suites.ts';

/** A group whose files are waiting to run, and how many lanes have begun to take files from it. */
export interface Work extends Pick<Group, 'need'> {
  readonly waiting: string[];
  lanes: number;
}

/** Milliseconds of tests that are worth another cluster: it computes for ten to fifteen seconds before its first test. */
const WORTH_A_CLUSTER = 90_000;

/** The work in these groups, none of it begun. */
export function workOf(groups: readonly Group[]): readonly Work[] {
  return groups.map(({ need, files }) => ({ need, waiting: [...files], lanes: 0 }));
}

/**
 * What a free lane works on: the first group that no lane has begun, or else the one with the most left for each lane, in
 * a cluster of its own. Null when what is left is not worth that.
 */
export function nextWork(all: readonly Work[], known: Durations): Work | null {
  const fresh = all.find(({ lanes, waiting }) => lanes === 0 && waiting.length > 0);
  if (fresh !== undefined) return fresh;
  function left({ waiting, lanes }: Work): number {
    return expected(waiting, known) / lanes;
  }
  const [most] = all.toSorted((a, b) => left(b) - left(a));
  return most !== undefined && left(most) >= WORTH_A_CLUSTER ? most : null;
}
