import { ApiError } from '../../common/kube/errors.ts';
import { messageOf } from '../../common/errors.ts';
import { sendAgain } from './again.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';

/** What a user can put right: printed as `error: <message>`. */
export class UserError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Wrong usage: printed with a pointer to the command's help. */
export class UsageError extends Error {}

/** A kubeconfig or flags that do not lead to a cluster. `invalid` lists what kubectl calls errors in configuration. */
export class ConfigError extends Error {
  readonly invalid: boolean;
  constructor(message: string, options: { readonly invalid?: boolean } = {}) {
    super(message);
    this.invalid = options.invalid ?? false;
  }
}

/** The API server was not reached. The message is complete, in kubectl's words. */
export class ConnectError extends Error {
  readonly hint: string | null;
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/** What to do where the API server cannot ask bluegreen's webhook. */
const UNASKED = `
hint: nothing was changed. run 'kubectl bluegreen doctor' to see why the webhook does not answer; 'kubectl bluegreen rollback' works without it`;

/** What a person reads on stderr, worded as kubectl words it; without a newline at the end. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError)
    return `${describeStatus(error)}${sendAgain(error.code, error.status)?.lost === true ? UNASKED : ''}`;
  if (error instanceof ConnectError) return error.hint === null ? error.message : `${error.message}\n${error.hint}`;
  if (error instanceof ConfigError && error.invalid) return describeInvalid(error.message.split('\n'));
  return `error: ${messageOf(error)}`;
}

function describeInvalid(problems: readonly string[]): string {
  const [only = ''] = problems;
  if (problems.length === 1)
    return only.startsWith('context was not found') ? `Error in configuration: ${only}` : `error: ${only}`;
  return ['Error in configuration: ', ...problems.map((problem) => `* ${problem}`)].join('\n');
}

function describeStatus(error: ApiError): string {
  if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
  if (error.reason === 'Invalid') return describeInvalidObject(error);
  if (error.reason !== '') return `Error from server (${error.reason}): ${error.message}`;
  return `Error from server: ${error.message}`;
}

function describeInvalidObject(error: ApiError): string {
  const kind = stringAt(error.status, 'details', 'kind') ?? '';
  const name = stringAt(error.status, 'details', 'name') ?? '';
  const causes = objectsAt(error.status, 'details', 'causes').map(
    (cause) => `${stringAt(cause, 'field') ?? ''}: ${stringAt(cause, 'message') ?? ''}`,
  );
  const subject = kind || name ? `The ${kind} "${name}" is invalid` : 'The request is invalid';
  if (causes.length === 0) return kind || name ? subject : `${subject}: ${error.message}`;
  if (causes.length === 1) return `${subject}: ${causes[0]}`;
  return [`${subject}: `, ...[...new Set(causes)].map((cause) => `* ${cause}`)].join('\n');
}

/** Whether a text for people is the API server's about a missing right: of look-ups, only the text is left. */
export function isForbidden(text: string): boolean {
  return / is forbidden: /.test(text);
}
