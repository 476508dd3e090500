import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream } from 'pino';
import type { AdmissionRequest, Answer } from './admission/types.ts';
import type { LogLevel } from './config.ts';

/** One JSON line per call on stdout. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log on `stream`, by default stdout, without losing the last lines of a process that exits. */
export function createLog(level: LogLevel, stream?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return stream === undefined ? pino(options) : pino(options, stream);
}

/**
 * Says what was decided and for whom. What moves traffic or is refused is a line at info; the rest, which is nearly all,
 * only at debug.
 */
export function logDecision(
  log: Log,
  entry: string,
  mode: string,
  request: AdmissionRequest,
  answer: Answer,
  milliseconds: number,
): void {
  const refused = answer.verdict === 'denied' || answer.verdict === 'errored';
  const moved = answer.switched;
  const fields = {
    entry,
    mode,
    verdict: answer.verdict,
    ...(moved !== null && { switch: moved }),
    operation: request.operation,
    resource: request.subResource === '' ? request.resource : `${request.resource}/${request.subResource}`,
    group: request.group,
    namespace: request.namespace,
    name: request.name,
    user: request.user.name,
    ...(request.dryRun && { dryRun: true }),
    uid: request.uid,
    ms: Math.round(milliseconds * 100) / 100,
    ...(answer.warnings.length > 0 && { warnings: answer.warnings }),
    ...(refused && { said: answer.message }),
    ...(answer.verdict === 'denied' && { checks: answer.checks }),
  };
  if (answer.verdict === 'errored') log.error(fields, 'could not decide');
  else if (refused) log.info(fields, 'denied');
  else if (moved === null) log.debug(fields, answer.verdict);
  else log.info(fields, 'switch let through');
}
