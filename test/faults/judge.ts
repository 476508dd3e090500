import { text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Reply } from '../e2e/api.ts';

/** The right answer to a request. */
export type Answer =
  | {
      readonly allowed: true;
      /** What the object has to show, where the webhook completes it. */
      readonly shows?: (object: JsonObject) => boolean;
    }
  | { readonly allowed: false; readonly says: RegExp };

/**
 * What became of a request:
 * - `right`: as it should be;
 * - `failed`: the webhook could not be asked, and the API server said so;
 * - `denied by error`: denied, though it has to pass; or denied in words that are not those of the rule;
 * - `wrongly allowed`: passed, though a rule forbids it, or without what the webhook completes;
 * - `open`: as it should be where no replica is: an entry that never holds anything up (failurePolicy Ignore) was not
 *   asked, so a guard let pass, or weights were not filled in and the API server's own policy denied them;
 * - `not taken`: the API server itself did not take it.
 */
export const OUTCOMES = ['right', 'failed', 'denied by error', 'wrongly allowed', 'open', 'not taken'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a client of the API server got: an answer, or a broken connection. */
export type Got = Reply | Error;

const OURS = /failed calling webhook|admission webhook|ValidatingAdmissionPolicy/;

/** `answer` is the right one where the webhook is asked, `unanswered` where it is not. */
export function judge(got: Got, answer: Answer, unanswered: Answer): Outcome {
  if (got instanceof Error) return 'not taken';
  if (isRight(got, answer)) return 'right';
  const said = saidBy(got);
  if (got.status >= 300 && !OURS.test(said)) return 'not taken';
  if (/failed calling webhook/.test(said)) return 'failed';
  if (isRight(got, unanswered)) return 'open';
  return got.status < 300 ? 'wrongly allowed' : 'denied by error';
}

function isRight(got: Reply, answer: Answer): boolean {
  if (!answer.allowed) return got.status >= 300 && answer.says.test(saidBy(got));
  return got.status < 300 && (answer.shows?.(got.body) ?? true);
}

/** The words of an answer, and of its warnings where it passed. */
export function saidBy(got: Got): string {
  if (got instanceof Error) return got.message;
  return text(got.body['message']) ?? [`status ${got.status}`, ...got.warnings].join(', ');
}
