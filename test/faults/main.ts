/** `npm run test:faults`: admissions at a steady rate while faults happen; one table. Exits non-zero when a row misses. */
import { parseArgs } from 'node:util';
import { Problem, reportProblem } from '../cluster/index.ts';
import { MIXED, openBed } from './bed.ts';
import type { Fault, Bed, Pace } from './fault.ts';
import { FAULTS, none } from './faults/index.ts';
import { details, holds, table } from './report.ts';
import type { Row } from './report.ts';
import { takeRow } from './row.ts';

const USAGE = `Usage: npm run test:faults -- [NAME...] [flags]

Drives admissions through a real API server while faults happen, and counts those that noticed. Without a NAME, all:
${FAULTS.map(({ name, what }) => `  ${name.padEnd(21)}${what}`).join('\n')}

  --rate N       admissions a second (200): calls of the webhook, for ${MIXED} requests of every kind, for releases that are
                 made for real, and for notes (an annotation) as dry runs; less where the machine does not carry it
  --margin N     seconds of load before and after each fault (3)
  -h, --help     show this
`;

const SLOWEST = 10;

const OPTIONS = {
  rate: { type: 'string', default: '200' },
  margin: { type: 'string', default: '3' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function readArguments(args: string[]): { readonly faults: readonly Fault[]; readonly pace: Pace } | null {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) return null;
  const unknown = positionals.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) throw new Problem(`There is no fault "${unknown}".\n\n${USAGE}`);
  const pace = { rate: Number(values.rate), margin: Number(values.margin) };
  if (!(pace.rate > 0) || !(pace.margin >= 0)) throw new Problem(`--rate and --margin are numbers.\n\n${USAGE}`);
  const faults = FAULTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { faults, pace };
}

async function main(): Promise<void> {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted === null) return void process.stdout.write(USAGE);
  const { faults, pace } = wanted;
  const bed = await openBed();
  const rows: Row[] = [];
  try {
    await bed.warmUp(pace.rate);
    const quiet = await findPace(bed, pace);
    rows.push(quiet.row);
    for (const fault of faults) rows.push(await inRow(bed, fault, quiet.pace));
  } finally {
    process.stdout.write(`\n${table(rows)}`);
    await bed.close();
  }
  if (!rows.every(holds)) process.exitCode = 1;
}

async function inRow(bed: Bed, fault: Fault, pace: Pace): Promise<Row> {
  process.stdout.write(`${fault.what}, ${pace.rate} admissions a second ...\n`);
  const row = await takeRow(bed, fault, pace);
  process.stdout.write(details(row));
  return row;
}

/** The rate that was asked for, or half of it and so on, until the machine carries it while nothing is wrong. */
async function findPace(bed: Bed, pace: Pace): Promise<{ readonly pace: Pace; readonly row: Row }> {
  const row = await inRow(bed, none, pace);
  if (holds(row)) return { pace, row };
  const rate = Math.floor(pace.rate / 2);
  if (rate < SLOWEST)
    throw new Problem(`This machine does not carry ${pace.rate} admissions a second without a fault.`);
  process.stdout.write(`This machine does not carry ${pace.rate} admissions a second; ${rate} from here on.\n`);
  return findPace(bed, { ...pace, rate });
}

await main().catch(reportProblem);
process.exit();
