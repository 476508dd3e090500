import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Figure, Observation } from './benchmark.ts';
import type { Machine } from './report.ts';

/** One benchmark as it was measured last. */
export interface Result {
  /** RFC 3339. */
  readonly at: string;
  readonly machine: { readonly before: Machine; readonly after: Machine };
  readonly figures: readonly Figure[];
  /** Of benchmarks that also see what is no number. */
  readonly observations?: readonly Observation[];
}

/** What `--record` writes: the figures of every benchmark by name. */
export interface Record {
  readonly results: Readonly<{ [benchmark: string]: Result }>;
}

/** Reads what `addToRecord` wrote. */
export function readRecord(path: string): Record {
  const record: Record = JSON.parse(readFileSync(path, 'utf8'));
  return record;
}

/** Writes a benchmark's figures; those of others that the file has stay. */
export function addToRecord(path: string, benchmark: string, result: Result): void {
  const before = existsSync(path) ? readRecord(path).results : {};
  const record: Record = { results: { ...before, [benchmark]: rounded(result) } };
  writeFileSync(path, `${JSON.stringify(record, null, 1)}\n`);
}

/** Five digits are more than a measurement has. */
function rounded<T>(value: T): T {
  const text = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'number' && !Number.isInteger(each) ? Number(each.toPrecision(5)) : each,
  );
  return JSON.parse(text);
}
