// The table that `npm run test:matrix` prints, in the form that docs/compatibility.md has it.
import type { Versions } from '../cluster/versions.ts';
import { cellsOf, COLUMNS } from './matrix-rows.ts';
import type { FileResult } from './run-file.ts';

const HEAD = ['', 'Kubernetes', 'Traefik', 'Helm', 'kubectl', ...Object.keys(COLUMNS)];

/** What a column says of files that all ran and passed. */
const PASSED = 'passed';

/** Whether every column of a row passed. */
export function isGreen(row: readonly string[]): boolean {
  return row.slice(-Object.keys(COLUMNS).length).every((cell) => cell === PASSED);
}

/** The versions of a row, and what became of each column. */
export function verdicts(row: Versions, results: readonly FileResult[]): readonly string[] {
  return [...cellsOf(row), ...Object.values(COLUMNS).map((patterns) => verdict(patterns, results))];
}

/** A column of which no file ran has failed: a file that was moved is not a file that passed. */
function verdict(patterns: readonly string[], results: readonly FileResult[]): string {
  const found = patterns.map((pattern) => results.filter(({ file }) => file.includes(pattern)));
  const failed = found.flat().filter(({ totals }) => totals.failed > 0);
  if (found.some((files) => files.length === 0)) return 'not run';
  return failed.length === 0 ? PASSED : 'FAILED';
}

/** A table in Markdown. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  return [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
