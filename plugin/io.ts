import type { Files } from './kube/kubeconfig.ts';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal; undefined off a terminal. */
  columns?(): number | undefined;
}

/** Everything that a command may touch of the process it runs in. */
export interface Io {
  readonly out: Output;
  readonly err: Output;
  readonly stdinIsTty: boolean;
  /** Standard input to its end, as UTF-8. */
  readStdin(): Promise<string>;
  readonly files: Files;
  /** Names in a folder, sorted; null for what is no folder. */
  listFolder(path: string): readonly string[] | null;
  readonly now: () => Date;
  /** Resolves after that many milliseconds; rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Aborted at Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** What the exit code of every command says. */
export const EXIT = {
  ok: 0,
  /** An error, a denial, or something that cannot be done now. */
  error: 1,
  /** What was waited for did not come within --timeout. */
  timeout: 3,
  /** What was switched turned out bad and was switched back. */
  rolledBack: 4,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
