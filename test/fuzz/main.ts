/** `npm run fuzz:traefik`: writes of every kind against guarded releases on a real cluster. Exits 1 when one broke production. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Problem, reportProblem } from '../cluster/index.ts';
import type { TraefikVersion } from '../cluster/traefik-objects.ts';
import { openBed } from './bed.ts';
import { consult } from './oracle.ts';
import { formatReport, toJson } from './report.ts';

const USAGE = `Usage: npm run fuzz:traefik -- [flags]

Writes to releases under traffic what a person, a tool or a mistake could write. After each accepted write production has
to answer 200 from the active color alone, on every replica of Traefik. A denied write is tried where nobody guards the
release: one that harms nobody is a false alarm. Prints the smallest write of each, and exits 1 if one broke production.

  --writes N              writes to send (1000)
  --seed S                the same writes for the same seed (1)
  --traefik VERSION       Traefik 2.11, 3.6 or 3.7 (3.7)
  --copies N              of each release, written to side by side (4)
  --label-selector S      of Traefik and of the chart, such as traefik!=off
  --allow-empty-services  with Traefik's allowEmptyServices=true
  --report FILE           the result as JSON
  -h, --help              show this
`;

const VERSIONS: readonly TraefikVersion[] = ['2.11', '3.6', '3.7'];

const OPTIONS = {
  writes: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  copies: { type: 'string', default: '4' },
  traefik: { type: 'string', default: '3.7' },
  'label-selector': { type: 'string', default: '' },
  'allow-empty-services': { type: 'boolean', default: false },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function readArguments(args: string[]) {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) return null;
  const [writes, seed, copies] = [Number(values.writes), Number(values.seed), Number(values.copies)];
  if (![writes, seed, copies].every(Number.isInteger) || writes < 1 || copies < 1)
    throw new Problem(`--writes, --seed and --copies are whole numbers.\n\n${USAGE}`);
  const traefik = VERSIONS.find((version) => version === values.traefik);
  if (traefik === undefined) throw new Problem(`--traefik is ${VERSIONS.join(', ')}.\n\n${USAGE}`);
  const { 'allow-empty-services': allowEmptyServices, 'label-selector': labelSelector, report } = values;
  return { writes, seed, copies, traefik, allowEmptyServices, labelSelector, report };
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted === null) return void process.stdout.write(USAGE);
  const { writes, seed, report: file } = wanted;
  progress('starting the cluster ...');
  const bed = await openBed(wanted);
  try {
    const report = await consult({ ...bed, writes, seed, allowEmptyServices: wanted.allowEmptyServices, progress });
    process.stdout.write(`\n${formatReport(report)}\n`);
    if (file !== undefined) writeFileSync(file, toJson(wanted, report));
    if (report.counts.broken > 0) process.exitCode = 1;
  } finally {
    await bed.close();
  }
}

await main().catch(reportProblem);
process.exit();
