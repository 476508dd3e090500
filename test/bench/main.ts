/**
 * `npm run bench -- NAME…`: measures, beside a reference in the same run, and says whether the goals are reached. The
 * exit code does not: figures of a busy machine are no verdict.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Problem, reportProblem } from '../cluster/index.ts';
import type { Figure } from './benchmark.ts';
import { BENCHMARKS } from './registry.ts';
import { lookAtMachine, printFigures, printMachine, reached } from './report.ts';

const USAGE = `Usage: npm run bench -- [NAME...] [flags]

Measures beside a reference, in one run. Without a NAME, everything:
${BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join('\n')}

  --rounds N      how many times each thing is measured
  --record FILE   write every sample and the machine as JSON
  -h, --help      show this
`;

const OPTIONS = {
  rounds: { type: 'string' },
  record: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments(process.argv.slice(2));
  if (values.help) return say(USAGE);
  const unknown = positionals.find((name) => !BENCHMARKS.some((each) => each.name === name));
  if (unknown !== undefined) throw new Problem(`There is no benchmark "${unknown}".\n\n${USAGE}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(rounds >= 1)) throw new Problem('--rounds has to be a number from 1 on');
  const before = lookAtMachine();
  const results: Record<string, readonly Figure[]> = {};
  for (const { name, summary, load } of BENCHMARKS) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    say(`${name}: ${summary}`);
    const benchmark = await load();
    results[name] = await benchmark.run({ say: (line) => say(`  ${line}`), rounds });
    say(`\n${printFigures(results[name])}`);
  }
  const after = lookAtMachine();
  say(printMachine(before, after));
  if (values.record === undefined) return;
  const record = { at: new Date().toISOString(), machine: { before, after }, results: judged(results) };
  writeFileSync(values.record, `${JSON.stringify(record, null, 2)}\n`);
}

function judged(results: Readonly<Record<string, readonly Figure[]>>): object {
  return Object.fromEntries(Object.entries(results).map(([name, figures]) => [name, figures.map(withVerdict)]));
}

function withVerdict(figure: Figure): object {
  return { ...figure, ratio: figure.subject.median / figure.reference.median, reached: reached(figure) };
}

function say(line: string): void {
  process.stdout.write(line.endsWith('\n') ? line : `${line}\n`);
}

await main().catch(reportProblem);
process.exit();
