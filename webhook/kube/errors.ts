import { FORBIDDEN, UNAUTHORIZED } from '../../common/http-status.ts';
import { text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';

/** The sentence about an error of the API server. `attempt` finishes "cannot …": "read Service shop/blue". */
export function answeredMessage(attempt: string, code: number, body: JsonObject | null): string {
  const answer = text(body?.['message']) || `the API server answered ${code}`;
  const hint =
    code === FORBIDDEN
      ? ' (the service account lacks this right: upgrade the chart or grant it)'
      : code === UNAUTHORIZED
        ? ' (the API server does not accept the service account token)'
        : '';
  return `cannot ${attempt}: ${answer}${hint}`;
}

/** The API server could not be asked: the message is a sentence for a user. */
export function unansweredError(attempt: string, server: string, cause: unknown): Error {
  return new Error(`cannot ${attempt}: ${describe(cause, server)}`, { cause });
}

function describe(cause: unknown, server: string): string {
  const code = codeOf(cause);
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT' || kindOf(cause) === 'TimeoutError') {
    return 'the API server did not answer in time';
  }
  if (code === 'ECONNREFUSED') return `the API server at ${server} refused the connection`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host name of ${server} cannot be resolved`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return `the connection to ${server} broke`;
  return cause instanceof Error ? `${cause.message} (${server})` : String(cause);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

function kindOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return cause.cause instanceof Error ? cause.cause.name : cause.name;
}
