// A busy machine can be slower than the deadline of a webhook. Whoever wrote is told so, and writes again.
import { repeatWhile } from './repeat.ts';

/** What the webhook reports where its own look-up was too slow. It answered, so no call of it failed. */
export const LATE_LOOKUP = /the API server did not answer in time/;
const LATE_CALL =
  /was not completed by the mutating webhook|failed calling webhook .*(?:context deadline exceeded|Client\.Timeout)/;
/** What the API server reports of a write for which a webhook, or the webhook's own look-up, was too slow. */
export const LATE = new RegExp(`${LATE_CALL.source}|${LATE_LOOKUP.source}`);

const TRIES = 5;

/**
 * Does the work again while a webhook was too late for it, five times at most.
 * @param said what the API server reported of it
 */
export async function whileLate<Result>(
  work: () => Promise<Result>,
  said: (result: Result) => string,
): Promise<Result> {
  return repeatWhile(work, (result) => LATE.test(said(result)), { tries: TRIES });
}
