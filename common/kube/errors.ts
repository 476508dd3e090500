import { FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS, UNAUTHORIZED, UNAVAILABLE } from '../http-status.ts';
import { parseObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json-paths.ts';

/** The API server answered with an error. */
export class ApiError extends Error {
  /** The HTTP status. */
  readonly code: number;
  /** Empty where the server gave none. */
  readonly reason: string;
  /** The Status object of the answer, or what stands for one. */
  readonly status: JsonObject;

  constructor(code: number, status: JsonObject, message?: string) {
    super(message ?? stringAt(status, 'message') ?? `the server answered with HTTP status ${code}`);
    this.name = 'ApiError';
    this.code = code;
    this.reason = stringAt(status, 'reason') ?? '';
    this.status = status;
  }
}

/** Whether the API server answered with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...codes: readonly number[]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code);
}

/** What `answer` resolves to, or `instead` where the API server answers with one of these HTTP statuses. */
export async function unlessStatus<T, U>(codes: readonly number[], instead: U, answer: Promise<T>): Promise<T | U> {
  try {
    return await answer;
  } catch (error) {
    if (hasStatus(error, ...codes)) return instead;
    throw error;
  }
}

/** The Status in the body of an error; for a body without one, client-go's words. */
export function statusOf(code: number, body: string): JsonObject {
  const parsed = parseObject(body);
  return stringAt(parsed, 'kind') === 'Status' && parsed !== null ? parsed : genericStatus(code, body.trim());
}

function genericStatus(code: number, body: string): JsonObject {
  const known: Readonly<Record<number, readonly [string, string]>> = {
    [UNAUTHORIZED]: ['Unauthorized', 'the server has asked for the client to provide credentials'],
    [FORBIDDEN]: ['Forbidden', body || 'forbidden'],
    [NOT_FOUND]: ['NotFound', 'the server could not find the requested resource'],
    [TOO_MANY_REQUESTS]: [
      'TooManyRequests',
      'the server has received too many requests and has asked us to try again later',
    ],
    [UNAVAILABLE]: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  };
  const [reason, message] = known[code] ?? [
    '',
    `an error on the server ("${body}") has prevented the request from succeeding`,
  ];
  const causes = body === '' ? {} : { details: { causes: [{ reason: 'UnexpectedServerResponse', message: body }] } };
  return { reason, message, ...causes };
}
