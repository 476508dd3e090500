import { setTimeout as sleep } from 'node:timers/promises';

/** While a replica answers, its words come first: the policy's own mean that it was late. */
export const POLICY_SPOKE = /ValidatingAdmissionPolicy 'bluegreen' /;
/** A ready pod is an endpoint a moment later, and a slow probe takes it away for a while. */
export const NOT_READY = /has no ready endpoint|is ready, so nothing there can have been tested/;

const TRIES = 20;
const PAUSE_MS = 500;

/** What was asked for, and how often it had to be asked again. */
export interface Tally {
  readonly requests: number;
  /** Answers that the webhook was too late for. */
  readonly missed: number;
  /** Answers that pods were not ready for. */
  readonly notReady: number;
}

/** Does what such messages say, try again, and counts it: a webhook that is always slow must not hide behind that. */
export interface Patience {
  patiently<Result>(
    work: () => Promise<Result>,
    said: (result: Result) => string,
    passing: readonly RegExp[],
  ): Promise<Result>;
  tally(): Tally;
}

export function createPatience(): Patience {
  let [requests, missed, notReady] = [0, 0, 0];
  return {
    async patiently(work, said, passing) {
      requests += 1;
      for (let left = TRIES; ; left--) {
        const result = await work();
        const words = said(result);
        if (left === 1 || !passing.some((pattern) => pattern.test(words))) return result;
        if (NOT_READY.test(words)) notReady += 1;
        else missed += 1;
        await sleep(PAUSE_MS);
      }
    },
    tally: () => ({ requests, missed, notReady }),
  };
}
