import { cutAtWord, oneLine } from '../../common/text.ts';
import { NO_REMARKS } from './answers.ts';
import { API_VERSION, KIND } from './review.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { Answer } from './types.ts';

/** The API server cuts longer ones in the middle of a word. Characters, not bytes. */
const WARNING_LIMIT = 256;
/** Audit backends drop events that grow too large. */
const AUDIT_LIMIT = 2048;

/** The `response` of an AdmissionReview. */
interface Response {
  uid: string;
  allowed: boolean;
  status?: { code: number; reason: string; message: string; details?: { retryAfterSeconds: number } };
  patchType?: 'JSONPatch';
  patch?: string;
  warnings?: readonly string[];
  auditAnnotations?: Readonly<Record<string, string>>;
}

/**
 * The AdmissionReview that carries `answer`. `mayPatch` is true for mutating webhooks only: the API server fails a
 * validating call that brings a patch, whatever its failurePolicy.
 */
export function reviewOf(
  uid: string,
  answer: Answer,
  mayPatch: boolean,
): { apiVersion: string; kind: string; response: Response } {
  const response: Response = { uid, allowed: answer.verdict === 'allowed' || answer.verdict === 'patched' };
  if (answer.verdict === 'patched' && mayPatch && answer.patch.length > 0) {
    response.patchType = 'JSONPatch';
    response.patch = encodePatch(answer.patch);
  }
  if (answer.verdict === 'denied' || answer.verdict === 'errored') {
    const seconds = answer.retryAfterSeconds;
    const again = seconds === undefined ? {} : { details: { retryAfterSeconds: seconds } };
    response.status = { ...codeOf(answer), message: answer.message, ...again };
  }
  if (answer.warnings.length > 0) {
    response.warnings = answer.warnings.map((warning) => cutAtWord(oneLine(warning), WARNING_LIMIT));
  }
  const annotations = Object.entries(answer.auditAnnotations);
  if (annotations.length > 0) {
    response.auditAnnotations = Object.fromEntries(
      annotations.map(([key, value]) => [key, cutAtWord(value, AUDIT_LIMIT)]),
    );
  }
  return { apiVersion: API_VERSION, kind: KIND, response };
}

/** A client tries again by itself only where the code says that the server was the reason. */
function codeOf(answer: Extract<Answer, { verdict: 'denied' | 'errored' }>): { code: number; reason: string } {
  if (answer.verdict === 'denied' && answer.retryAfterSeconds === undefined)
    return { code: answer.reason === 'Invalid' ? 422 : 403, reason: answer.reason };
  const code = answer.verdict === 'denied' ? 503 : Math.max(answer.code, 400);
  return { code, reason: reasonOf(code) };
}

/** The answer to what could not be decided. The API server treats it like a denial, so it says whose fault it is. */
export function errored(code: number, message: string, retryAfterSeconds?: number): Answer {
  const again = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return { ...NO_REMARKS, verdict: 'errored', code, message, ...again };
}

function encodePatch(patch: readonly PatchOperation[]): string {
  return Buffer.from(JSON.stringify(patch)).toString('base64');
}

function reasonOf(code: number): string {
  if (code === 400) return 'BadRequest';
  if (code === 403) return 'Forbidden';
  if (code === 429) return 'TooManyRequests';
  if (code === 504) return 'Timeout';
  if (code === 503) return 'ServiceUnavailable';
  return code >= 500 ? 'InternalError' : 'Invalid';
}
