import { until } from '../cluster/node/api.ts';

/** Between the first two looks, in milliseconds. */
const POLL_MS = 10;

/** Asks until the answer is yes, often at first; false when the time (in milliseconds) is over. */
export function soon(condition: () => Promise<boolean>, timeout: number): Promise<boolean> {
  return until(condition, timeout, POLL_MS);
}
