import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream } from 'pino';
import type { LogLevel } from '../config.ts';

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
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return stream === undefined ? pino(options) : pino(options, stream);
}
