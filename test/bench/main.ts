/**
 * `npm run bench -- NAME…`: measures, beside a reference in the same run, and says whether the goals are reached. The
 * exit code does not: figures of a busy machine are no verdict.
 */
import { parseArgs } from 'node:util';
import { Problem, reportProblem } from '../cluster/index.ts';
import type { Observation } from './benchmark.ts';
import { addToRecord } from './record.ts';
import { BENCHMARKS } from './registry.ts';
import type { Entry } from './registry.ts';
import { lookAtMachine, printFigures, printMachine, printObservations } from './report.ts';

const USAGE = `Usage: npm run bench -- [NAME...] [flags]

Measures beside a reference, in one run. Without a NAME, everything:
${BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join('\n')}

  --rounds N      how many times each thing is measured
  --record FILE   write the figures and the machine as JSON; what other benchmarks wrote there stays
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
  const asked = BENCHMARKS.filter(({ name, onlyNamed }) =>
    positionals.length === 0 ? onlyNamed !== true : positionals.includes(name),
  );
  const failed: string[] = [];
  for (const entry of asked) {
    try {
      await runOne(entry, rounds, values.record);
    } catch (error) {
      // The others take minutes, and are worth something without this one.
      failed.push(`${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0) throw new Problem(`not measured:\n${failed.join('\n')}`);
}

async function runOne(
  { name, summary, load }: Entry,
  rounds: number | undefined,
  record: string | undefined,
): Promise<void> {
  say(`${name}: ${summary}`);
  const before = lookAtMachine();
  const benchmark = await load();
  const seen: Observation[] = [];
  const progress = {
    say: (line: string) => say(`  ${line}`),
    note: (each: Observation) => void seen.push(each),
    rounds,
  };
  const figures = await benchmark.run(progress);
  const after = lookAtMachine();
  say(`\n${printFigures(figures)}${printObservations(seen)}${printMachine(before, after)}`);
  if (record !== undefined) {
    const observations = seen.length === 0 ? {} : { observations: seen };
    addToRecord(record, name, { at: new Date().toISOString(), machine: { before, after }, figures, ...observations });
  }
}

function say(line: string): void {
  process.stdout.write(line.endsWith('\n') ? line : `${line}\n`);
}

await main().catch(reportProblem);
process.exit();
