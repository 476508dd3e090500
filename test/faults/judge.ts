import { text } from '../../webhook/policy/json.ts';
import type { JsonObject } from '../../webhook/policy/index.ts';
import type { Reply } from '../e2e/api.ts';

/** The right answer to a request. */
export type Answer =
  | {
      readonly allowed: true;
      /** What the object has to show, where the webhook completes it. */
      readonly shows?: (object: JsonObject) => boolean;
    }
  | {
      readonly allowed: false;
      readonly says: RegExp;
      /** Whether an entry says so that lets pass what it is not asked about (failurePolicy Ignore), and none beside it. */
      readonly guard?: boolean;
    };

/**
 * What became of a request:
 * - `right`: as it should be;
 * - `failed`: the webhook could not be asked, and the API server said so;
 * - `denied by error`: refused, though it has to pass; or refused in words that are not those of the rule;
 * - `wrongly allowed`: passed, though a rule forbids it, or without what the webhook completes;
 * - `guard missed`: passed, though a guard refuses it when it is asked: guards never hold up repairs (failurePolicy
 *   Ignore), so that a call to one that is lost opens it for that request;
 * - `not taken`: the API server itself did not take it.
 */
export const OUTCOMES = ['right', 'failed', 'denied by error', 'wrongly allowed', 'guard missed', 'not taken'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a client of the API server got: an answer, or a broken connection. */
export type Got = Reply | Error;

const OURS = /failed calling webhook|admission webhook|ValidatingAdmissionPolicy/;

export function judge(got: Got, answer: Answer): Outcome {
  if (got instanceof Error) return 'not taken';
  if (got.status < 300) return judgePassed(got, answer);
  const said = saidBy(got);
  if (!OURS.test(said)) return 'not taken';
  if (!answer.allowed && answer.says.test(said)) return 'right';
  return /failed calling webhook/.test(said) ? 'failed' : 'denied by error';
}

/** A smoke test that could not be bound is stored without effect, and a warning refuses it. */
const TURNED_DOWN = /does not count: .* could not be read/;

function judgePassed({ body, warnings }: Reply, answer: Answer): Outcome {
  if (!answer.allowed) return answer.guard === true ? 'guard missed' : 'wrongly allowed';
  if (answer.shows?.(body) ?? true) return 'right';
  return warnings.some((warning) => TURNED_DOWN.test(warning)) ? 'denied by error' : 'wrongly allowed';
}

/** The words of an answer, and of its warnings where it passed. */
export function saidBy(got: Got): string {
  if (got instanceof Error) return got.message;
  return text(got.body['message']) ?? [`status ${got.status}`, ...got.warnings].join(', ');
}
