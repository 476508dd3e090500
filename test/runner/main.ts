/**
 * Runs the tests: `node test/runner/main.ts [--unit | --cluster] [PATTERN …]`. A pattern is a part of a file's path.
 * Prints the slowest files; the last line is `N passed, N failed[, N skipped]`.
 */
import { spawnSync } from 'node:child_process';
import { keepDurations, longestFirst, readDurations } from './durations.ts';
import { buildOnce } from './build-once.ts';
import { watch } from './cpu.ts';
import { runGroups } from './groups.ts';
import { closingReport } from './report.ts';
import { endAtInterrupt } from './run-file.ts';
import { findFiles, groupFiles, kindOf } from './suites.ts';
import type { Kind } from './suites.ts';
import { NONE } from './tap.ts';
import type { Totals } from './tap.ts';

const NEIGHBORS = ['argocd', 'cert-manager', 'flux'];
const ALL: readonly Kind[] = ['unit', 'programs', 'cluster'];

function now(): number {
  return performance.now();
}

endAtInterrupt();
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const patterns = args.filter((arg) => !arg.startsWith('--'));
  const kinds = ALL.filter((kind) =>
    args.includes('--unit') ? kind === 'unit' : !args.includes('--cluster') || kind !== 'unit',
  );
  const files = findFiles(kinds, patterns);
  const needPrograms = files.filter((file) => kindOf(file) !== 'unit');
  const without = needPrograms.length === 0 ? null : programsMissing();
  const started = now();
  const computed = watch(process.pid);
  const runnable = without === null ? files : files.filter((file) => kindOf(file) === 'unit');
  buildOnce(runnable.some((file) => kindOf(file) !== 'unit'));
  const known = readDurations();
  // Unit tests first: they tell within a minute.
  const units = groupFiles(runnable.filter((file) => kindOf(file) === 'unit'));
  const others = groupFiles(runnable.filter((file) => kindOf(file) !== 'unit'));
  const results = await runGroups([...longestFirst(units, known), ...longestFirst(others, known)], known);
  keepDurations(known, results);
  const notRun = without === null ? NONE : skip(needPrograms, without);
  process.stdout.write(`${closingReport(results, notRun, { ms: now() - started, cpu: computed.sum() })}\n`);
  const failed = notRun.failed > 0 || results.some(({ totals }) => totals.failed > 0);
  return failed || results.every(({ totals }) => totals.passed === 0) ? 1 : 0;
}

/** Prepares the programs that tests run; why there are none here otherwise. The set-up says how to get them. */
function programsMissing(): string | null {
  const prepared = [
    ['scripts/setup.mjs', '--cluster', '--browser'],
    // For the older API group, the alerts and HTTPRoutes: no other command needs these.
    [
      'test/cluster/tools/main.ts',
      'traefik2',
      'traefik36',
      'prometheus',
      'bash-completion',
      'prometheus-operator-crds',
      'gateway-api-crds',
    ],
  ].every((args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0);
  // Where one of the neighbors cannot be built, its own tests say so; the others run.
  if (prepared) spawnSync(process.execPath, ['test/cluster/tools/main.ts', ...NEIGHBORS], { stdio: 'inherit' });
  return prepared ? null : 'the set-up above says why there is no test cluster, and what would give one';
}

function skip(files: readonly string[], why: string): Totals {
  process.stdout.write(`\nNOT RUN: ${files.length} files: ${why}\n`);
  return process.env['CI'] === 'true' ? { ...NONE, failed: files.length } : { ...NONE, skipped: files.length };
}
