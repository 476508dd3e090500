/**
 * Runs the tests: the fast ones (`--unit`), those on a real cluster (`--cluster`), or both. Files that need a cluster
 * or one of its programs are named `*.cluster.test.ts`. The last line is `N passed, N failed[, N skipped]`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  /** Files at a time: a cluster takes both cores. */
  readonly jobs: number;
}

const NONE: Totals = { passed: 0, failed: 0, skipped: 0 };

const all = globSync('test/**/*.test.ts').sort();
const needsCluster = (file: string): boolean => file.endsWith('.cluster.test.ts');
const unit: Suite = { name: 'unit tests', files: all.filter((file) => !needsCluster(file)), jobs: 2 };
const cluster: Suite = { name: 'tests on a real cluster', files: all.filter(needsCluster), jobs: 1 };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = [...(args.includes('--cluster') ? [] : [unit]), ...(args.includes('--unit') ? [] : [cluster])];
  let totals = NONE;
  for (const suite of wanted) {
    const without = suite === cluster ? clusterMissing() : null;
    totals = add(totals, without === null ? await run(suite) : skip(suite, without));
  }
  const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`;
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

/** Prepares the cluster's programs; why there can be none here otherwise. The set-up says what is missing and how to get it. */
function clusterMissing(): string | null {
  const prepared = [
    ['scripts/setup.mjs', '--cluster'],
    // For the older API group, and for the alerts: no other command needs these.
    ['test/cluster/tools/main.ts', 'traefik2', 'prometheus', 'prometheus-operator-crds'],
  ].every((args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0);
  return prepared ? null : 'the set-up above says why there is no test cluster, and what would give one';
}

function skip(suite: Suite, why: string): Totals {
  const count = suite.files.length;
  process.stdout.write(`\nNOT RUN: ${count} files of ${suite.name}: ${why}\n`);
  return process.env['CI'] === 'true' ? { ...NONE, failed: count } : { ...NONE, skipped: count };
}

function add(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Runs tap over a suite; its closing line `# { total, pass, fail, skip }` has the totals. */
async function run({ name, files, jobs }: Suite): Promise<Totals> {
  if (files.length === 0) return NONE;
  process.stdout.write(`\n${name}: ${files.length} files\n`);
  const child = spawn('tap', ['--reporter=tap', `--jobs=${jobs}`, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 128));
  });
  let totals = NONE;
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    totals = closingLine(line) ?? totals;
  }
  const code = await ended;
  const silent = code !== 0 && totals.failed === 0;
  return silent ? { ...totals, failed: 1 } : totals;
}

function closingLine(line: string): Totals | null {
  if (!/^\s*# \{ total: \d+/.test(line)) return null;
  const count = (key: string): number => Number(new RegExp(`\\b${key}: (\\d+)`).exec(line)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') };
}
