import { at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';

/** How often a request is sent at most. */
export const TRIES = 5;
/** Longest pause that an answer may ask for. */
const MOST_SECONDS = 10;
/** Milliseconds after which another replica has taken over from one that was lost. */
const LOST_PAUSE = 1000;
const LOST = /failed calling webhook "[a-z-]+\.bluegreen\.dev"/;

/** That a request may be sent once more: nothing was changed by it. */
export interface Again {
  /** Milliseconds to wait before. */
  readonly pause: number;
  /**
   * Whether the API server lost its call to bluegreen's webhook, as it does when the replica that had it in hand was
   * killed or hangs: it makes no second one, and kubectl leaves that to its user. Otherwise the server, or a webhook
   * behind it, asks for the same request again, which client-go follows, too.
   */
  readonly lost: boolean;
}

/** Whether a request is sent again after this answer; null where the answer stands. */
export function sendAgain(status: number, answer: JsonObject | null): Again | null {
  if (status === 500) return LOST.test(stringAt(answer, 'message') ?? '') ? { pause: LOST_PAUSE, lost: true } : null;
  if (status !== 429 && status !== 503) return null;
  const seconds = at(answer, 'details', 'retryAfterSeconds');
  if (typeof seconds !== 'number' || seconds <= 0) return null;
  return { pause: Math.min(seconds, MOST_SECONDS) * 1000, lost: false };
}
