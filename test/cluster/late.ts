// A busy machine can be slower than the deadline of a webhook. Whoever wrote is told so, and writes again.

/** What the API server reports of a write for which a webhook, or the webhook's own look-up, was too slow. */
export const LATE =
  /was not completed by the mutating webhook|the API server did not answer in time|failed calling webhook .*(?:context deadline exceeded|Client\.Timeout)/;

const TRIES = 5;

/**
 * Does the work again while a webhook was too late for it, five times at most.
 * @param said what the API server reported of it
 */
export async function whileLate<Result>(
  work: () => Promise<Result>,
  said: (result: Result) => string,
): Promise<Result> {
  for (let left = TRIES; ; left--) {
    const result = await work();
    if (left === 1 || !LATE.test(said(result))) return result;
  }
}
