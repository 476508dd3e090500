/**
 * Runs what matters most on the oldest and on the newest versions: `node test/runner/matrix.ts [ROW …]`, rows counted from
 * 1. Builds the programs that a row needs, prints a table, and ends with status 1 if anything failed.
 */
import { spawnSync } from 'node:child_process';
import { VERSIONS } from '../cluster/versions.ts';
import { buildOnce } from './build-once.ts';
import { readDurations } from './durations.ts';
import { runGroups } from './groups.ts';
import { isGreen, markdownTable, verdicts } from './matrix-report.ts';
import { COLUMNS, ROWS, toolsOf } from './matrix-rows.ts';
import { closingReport } from './report.ts';
import { endAtInterrupt } from './run-file.ts';
import type { FileResult } from './run-file.ts';
import { findFiles, groupFiles } from './suites.ts';
import { NONE } from './tap.ts';
import { Problem, reportProblem } from '../../scripts/lib/problem.ts';

endAtInterrupt();
await main(process.argv.slice(2)).catch(reportProblem);

function build(tools: readonly string[]): void {
  const args = ['test/cluster/tools/main.ts', ...tools];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Problem(`${tools.join(', ')} cannot be built; the reason is above.`);
}

async function main(args: readonly string[]): Promise<void> {
  const numbers = args.length === 0 ? [...ROWS.keys()] : args.map((arg) => Number(arg) - 1);
  const groups = groupFiles(findFiles(['programs', 'cluster'], Object.values(COLUMNS).flat()));
  const started = performance.now();
  buildOnce(true);
  const results: FileResult[] = [];
  const lines: string[][] = [];
  for (const number of numbers) {
    const row = ROWS[number];
    if (row === undefined) throw new Problem(`There is no row ${number + 1}, only 1 to ${ROWS.length}.`);
    build(toolsOf(row));
    // Whatever boots a cluster or calls a client from here on takes these versions.
    process.env[VERSIONS] = JSON.stringify(row);
    process.env['BLUEGREEN_KUBECTL'] = 'short';
    const ofRow = await runGroups(groups, readDurations());
    results.push(...ofRow);
    lines.push([String(number + 1), ...verdicts(row, ofRow)]);
  }
  process.stdout.write(`${closingReport(results, NONE, { ms: performance.now() - started, cpu: 0 })}\n\n`);
  process.stdout.write(`${markdownTable(lines)}\n`);
  if (!lines.every(isGreen)) process.exitCode = 1;
}
