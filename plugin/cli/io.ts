import type { Files } from '../kube/kubeconfig.ts';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal; undefined off a terminal. */
  columns?(): number | undefined;
  /** Height of the terminal; undefined off a terminal. */
  rows?(): number | undefined;
}

/** Everything that a command may touch of the process it runs in. */
export interface Io {
  readonly out: Output;
  readonly err: Output;
  readonly stdinIsTty: boolean;
  /** Standard input to its end, as UTF-8. */
  readStdin(): Promise<string>;
  /** The next line of standard input, without its end; empty at the end of the input. */
  readLine(): Promise<string>;
  readonly files: Files;
  /** Writes a file anew. Throws what Node throws. */
  writeFile(path: string, text: string): void;
  /** Runs a program to its end, with these variables on top of the environment. Its output goes where it says. */
  runProgram(words: readonly string[], options: ProgramOptions): Promise<ProgramEnd>;
  /** What a program writes to standard output; null if it cannot be run, fails, or is ended by the signal. */
  readProgram(words: readonly string[], signal: AbortSignal): Promise<string | null>;
  /** Names in a folder, sorted; null for what is no folder. */
  listFolder(path: string): readonly string[] | null;
  readonly now: () => Date;
  /** Resolves after that many milliseconds; rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Aborted at Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Where its standard output goes; errors go to standard error. */
  readonly output: 'out' | 'err';
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** How a program ended: its exit code, or why there is none. */
export type ProgramEnd = { readonly code: number } | { readonly failed: string };

/** What the exit code of every command says. */
export const EXIT = {
  ok: 0,
  /** An error, a denial, or something that cannot be done now. */
  error: 1,
  /** The smoke test did not pass. */
  untested: 2,
  /** What was waited for did not come within --timeout. */
  timeout: 3,
  /** What was switched turned out bad and was switched back. */
  rolledBack: 4,
  /** What was switched stays active, and its analysis could not tell whether it is good. */
  inconclusive: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
