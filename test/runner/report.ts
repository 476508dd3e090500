import type { FileResult } from './run-file.ts';
import { add } from './tap.ts';
import type { Totals } from './tap.ts';

const SLOWEST = 10;

function counts({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A line a file, with the whole of its output where something failed. */
export function fileReport({ file, totals, ms, output }: FileResult): string {
  const verdict = totals.failed === 0 ? 'ok    ' : 'FAILED';
  const line = `${verdict} ${file}: ${counts(totals)} (${seconds(ms)})`;
  return totals.failed === 0 ? line : `${output.trimEnd()}\n${line}`;
}

/** What to look at after a run: the slowest files, what failed, and the totals alone on the last line. */
export function closingReport(results: readonly FileResult[], without: Totals, wall: number): string {
  const slowest = results.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  const failed = results.filter(({ totals }) => totals.failed > 0);
  return [
    '',
    `slowest of ${results.length} files, ${seconds(wall)} in all:`,
    ...slowest.map(({ file, ms }) => `  ${seconds(ms).padStart(9)}  ${file}`),
    ...failed.map(({ file, totals }) => `failed: ${file} (${totals.failed})`),
    '',
    counts(results.reduce((sum, { totals }) => add(sum, totals), without)),
  ].join('\n');
}
