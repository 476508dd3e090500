import type { Json } from '../../common/json.ts';

/** The API server said no, or could not be asked. The message is a sentence for a user. */
export class KubeError extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(message: string, status: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'KubeError';
    this.status = status;
  }
}

/** `attempt` finishes the sentence "cannot …": "read Service shop/blue". */
export function answeredError(attempt: string, status: number, body: Json | undefined): KubeError {
  const said = messageIn(body) ?? `the API server answered ${status}`;
  const hint =
    status === 403
      ? ' (the service account lacks this right: upgrade the chart or grant it)'
      : status === 401
        ? ' (the API server does not accept the service account token)'
        : '';
  return new KubeError(`cannot ${attempt}: ${said}${hint}`, status);
}

export function unansweredError(attempt: string, server: string, cause: unknown): KubeError {
  return new KubeError(`cannot ${attempt}: ${describe(cause, server)}`, 0, cause);
}

function describe(cause: unknown, server: string): string {
  const code = codeOf(cause);
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT' || nameOf(cause) === 'TimeoutError') {
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

function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return cause.cause instanceof Error ? cause.cause.name : cause.name;
}

function messageIn(body: Json | undefined): string | null {
  if (typeof body !== 'object' || body === null || !('message' in body)) return null;
  return typeof body.message === 'string' && body.message !== '' ? body.message : null;
}
