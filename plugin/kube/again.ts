import { at } from '../../webhook/policy/json.ts';
import type { JsonObject } from '../../webhook/policy/types.ts';
import { stringAt } from './values.ts';

/** How often a request is sent at most. */
export const TRIES = 5;
/** Longest pause that an answer may ask for. */
const MOST_SECONDS = 10;
/** Milliseconds after which another replica has taken over from one that was lost. */
const LOST_PAUSE = 1000;
const LOST = /failed calling webhook "[a-z-]+\.bluegreen\.dev"/;

/**
 * Milliseconds after which the server, or a webhook behind it, asks for the same request again; null where it does not.
 * Nothing was changed then, and client-go does the same.
 */
export function pauseAsked(status: number, answer: JsonObject | null): number | null {
  if (status !== 429 && status !== 503) return null;
  const seconds = at(answer, 'details', 'retryAfterSeconds');
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, MOST_SECONDS) * 1000 : null;
}

/**
 * The same where the API server lost its call to bluegreen's webhook, as it does when the replica that had it in hand
 * was killed or hangs: it makes no second one. Nothing was stored, so sending the request again is safe; kubectl leaves
 * that to its user.
 */
export function pauseAfterLoss(status: number, answer: JsonObject | null): number | null {
  return status === 500 && LOST.test(stringAt(answer, 'message') ?? '') ? LOST_PAUSE : null;
}
