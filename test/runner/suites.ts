// Which test files there are, and what each needs.
import { globSync, readFileSync } from 'node:fs';
import { needOf } from '../cluster/sharing/needs.ts';
import type { Need } from '../cluster/sharing/needs.ts';

/**
 * unit: `*.test.ts`, the npm packages alone. programs: `*.programs.test.ts`, also helm, kubectl or promtool.
 * cluster: `*.cluster.test.ts`, a real cluster.
 */
export type Kind = 'unit' | 'programs' | 'cluster';

/** Files that run one after another, in one cluster if they share one. */
export interface Group {
  readonly name: string;
  readonly need: Need | null;
  readonly files: readonly string[];
}

export function kindOf(file: string): Kind {
  if (file.endsWith('.cluster.test.ts')) return 'cluster';
  return file.endsWith('.programs.test.ts') ? 'programs' : 'unit';
}

/** The test files of these kinds whose path has one of the patterns, or all of them when there is none. */
export function findFiles(kinds: readonly Kind[], patterns: readonly string[]): readonly string[] {
  return globSync('test/**/*.test.ts')
    .toSorted()
    .filter((file) => kinds.includes(kindOf(file)))
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)));
}

/** Files that share a cluster become one group, every other file is a group of its own. */
export function groupFiles(files: readonly string[]): readonly Group[] {
  const shared = new Map<Need, string[]>();
  const alone: Group[] = [];
  for (const file of files) {
    const need = kindOf(file) === 'cluster' ? needOf(readFileSync(file, 'utf8')) : null;
    if (need === null) alone.push({ name: file, need, files: [file] });
    else shared.set(need, [...(shared.get(need) ?? []), file]);
  }
  const together = [...shared].map(([need, members]) => ({ name: `cluster for ${need}`, need, files: members }));
  return [...together, ...alone];
}
