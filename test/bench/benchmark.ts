import type { Summary } from './statistics.ts';

/** One thing that was measured beside its reference, in the same run. Times are in milliseconds. */
export interface Figure {
  readonly what: string;
  readonly subject: Summary;
  readonly reference: Summary;
  /** What the reference is, such as `kubectl patch`. */
  readonly against: string;
  /** How many times the reference's median is allowed; null where none was agreed. */
  readonly goal: number | null;
}

export interface Progress {
  readonly say: (line: string) => void;
  /** How many times each thing is measured; undefined leaves it to the benchmark. */
  readonly rounds: number | undefined;
}

/** A benchmark: one file in this folder, one row of `registry.ts`. */
export interface Benchmark {
  run(progress: Progress): Promise<readonly Figure[]>;
}
