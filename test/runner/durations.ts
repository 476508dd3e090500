// How long each file took when it last ran on this machine, so that the longest start first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../scripts/lib/cache.ts';
import type { FileResult } from './run-file.ts';
import type { Group } from './suites.ts';

const KEPT = join(cacheFolder(), 'test-durations.json');
/** Of a file that never ran here, in milliseconds. */
const UNKNOWN_MS = 60_000;

export type Durations = Readonly<Record<string, number>>;

/** Milliseconds by file; empty when nothing is known. */
export function readDurations(): Durations {
  try {
    return JSON.parse(readFileSync(KEPT, 'utf8'));
  } catch {
    return {};
  }
}

export function keepDurations(known: Durations, results: readonly FileResult[]): void {
  const latest = Object.fromEntries(results.map(({ file, ms }) => [file, Math.round(ms)]));
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, JSON.stringify({ ...known, ...latest }));
}

/** Milliseconds that files take one after another. */
export function expected(files: readonly string[], known: Durations): number {
  return files.reduce((sum, file) => sum + (known[file] ?? UNKNOWN_MS), 0);
}

/**
 * The groups, and the files of each, in the order to start them: the longest first, so that no long one is left for the
 * end.
 */
export function longestFirst(groups: readonly Group[], known: Durations): readonly Group[] {
  return groups
    .map((group) => ({ ...group, files: group.files.toSorted((a, b) => expected([b], known) - expected([a], known)) }))
    .toSorted((a, b) => expected(b.files, known) - expected(a.files, known));
}
