import type { FlagSpec, FlagValues } from './flags.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';
import type { Paint } from './paint.ts';

export interface Example {
  readonly comment: string;
  readonly command: string;
}

/** A command as data: the help, the completion and the dispatch all come from it. */
export interface Command {
  readonly name: string;
  /** Positional arguments as the usage line shows them, such as `[NAME]`. */
  readonly usage: string;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly Example[];
  readonly flags: readonly FlagSpec[];
  /** How many positional arguments may stand. */
  readonly arguments: { readonly min: number; readonly max: number };
  /** Whether everything behind `--` belongs to the command. */
  readonly takesRest?: boolean;
  readonly hidden?: boolean;
  /** What completes its arguments. */
  readonly completes?: 'names' | 'files' | readonly string[];
  /** Returns the exit code. */
  run(call: Call): Promise<number>;
}

/** One invocation of a command. */
export interface Call {
  readonly io: Io;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  /** What stands behind `--`; null without it. */
  readonly rest: readonly string[] | null;
  readonly paint: { readonly out: Paint; readonly err: Paint };
  /** Finds the cluster, once a call. Throws a ConfigError. */
  connect(): Promise<Session>;
}
