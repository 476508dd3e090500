import type { Summary } from './statistics.ts';

/** What samples count; times where nothing else is said. */
export type Unit = 'ms' | 's' | 'MB' | 'MiB' | 'KiB' | 'a second' | 'requests';

/** One thing that was measured beside its reference, in the same run. */
export interface Figure {
  readonly what: string;
  readonly subject: Summary;
  readonly reference: Summary;
  /** What the reference is, such as `kubectl patch`. */
  readonly against: string;
  /** How many times the reference's median is allowed, or has to be reached `a second`; null where none was agreed. */
  readonly goal: number | null;
  /** Of both sides' samples; milliseconds where it is left out. */
  readonly unit?: Unit;
  /** Where the subject's own median has to stay, in its unit. */
  readonly bound?: Bound;
  /** Where the figure stands on a curve, for those that show how cost grows. */
  readonly point?: Point;
}

export type Bound = { readonly atMost: number } | { readonly atLeast: number };

export interface Point {
  readonly curve: string;
  /** What is varied, such as `TraefikServices`. */
  readonly axis: string;
  readonly x: number;
}

/** Something that was seen and is no number: a cell of a table. */
export interface Observation {
  /** The row: what was tried. */
  readonly about: string;
  /** The column: with what. */
  readonly subject: string;
  readonly seen: string;
}

export interface Progress {
  readonly say: (line: string) => void;
  /** Keeps an observation beside the figures. */
  readonly note: (observation: Observation) => void;
  /** How many times each thing is measured; undefined leaves it to the benchmark. */
  readonly rounds: number | undefined;
}

/** A benchmark: one file in this folder, one row of `registry.ts`. */
export interface Benchmark {
  run(progress: Progress): Promise<readonly Figure[]>;
}
