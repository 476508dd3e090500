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

/** How long it took, and how much the machine computed for it where that is known. */
function cost(ms: number, cpu: number): string {
  return cpu === 0 ? seconds(ms) : `${seconds(ms)}, ${seconds(cpu)} of CPU`;
}

/** A line a file, with the whole of its output where something failed. */
export function fileReport({ file, totals, ms, cpu, output }: FileResult): string {
  const verdict = totals.failed === 0 ? 'ok    ' : 'FAILED';
  const line = `${verdict} ${file}: ${counts(totals)} (${cost(ms, cpu)})`;
  return totals.failed === 0 ? line : `${output.trimEnd()}\n${line}`;
}

/** What to look at after a run: the slowest files, what failed, and the totals alone on the last line. */
export function closingReport(
  results: readonly FileResult[],
  without: Totals,
  all: Pick<FileResult, 'ms' | 'cpu'>,
): string {
  const slowest = results.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  const failed = results.filter(({ totals }) => totals.failed > 0);
  return [
    '',
    `slowest of ${results.length} files; all of them: ${cost(all.ms, all.cpu)}`,
    ...slowest.map(
      ({ file, ms, cpu }) => `  ${seconds(ms).padStart(9)}  ${file}${cpu === 0 ? '' : `, ${seconds(cpu)} of CPU`}`,
    ),
    ...failed.map(({ file, totals }) => `failed: ${file} (${totals.failed})`),
    '',
    counts(results.reduce((sum, { totals }) => add(sum, totals), without)),
  ].join('\n');
}
