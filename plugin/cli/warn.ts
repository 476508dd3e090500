import type { Io } from './io.ts';
import type { Paint } from './paint.ts';

/** Where warnings go: a `Call` is one. */
export interface WarningOutput {
  readonly io: Pick<Io, 'err'>;
  readonly paint: { readonly err: Paint };
}

/** Prints a warning on a line of its own to standard error. */
export function warn({ io, paint }: WarningOutput, text: string): void {
  io.err.write(`${paint.err.warn('Warning:')} ${text}\n`);
}
