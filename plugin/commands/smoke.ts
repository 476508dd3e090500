import type { Call, Command } from '../cli/command.ts';
import type { FlagSpec } from '../cli/flags.ts';
import { inSection, MUTATION_FLAGS, OUTPUT_FLAG, TIMEOUT_FLAG } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { JOB_FLAGS } from '../job/image.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { checkFormat } from '../printers/object.ts';
import { CHECK_FLAGS, checksFromFlags } from '../smoke/flags.ts';
import type { SmokeRequest, Trial } from '../smoke/smoke.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';

/** Flags that say what a smoke test is, and from where it is run. */
export const SMOKE_FLAGS: readonly FlagSpec[] = [
  {
    name: 'filename',
    short: 'f',
    type: 'list',
    completes: 'files',
    help: 'File with HTTP checks, smoke.yaml; "-" is standard input.',
  },
  ...inSection('HTTP check', CHECK_FLAGS),
  {
    name: 'job',
    type: 'text',
    completes: 'files',
    help: 'File with a Job of your own; the exit code of its first container decides.',
  },
  {
    name: 'via',
    type: 'text',
    choices: ['job', 'forward'],
    help: 'From where HTTP checks ask: "job" inside the cluster, the default where you may create one, or "forward" through a local port.',
  },
  { name: 'url', type: 'text', help: "Ask at this URL, from this machine, instead of the preview's own Service." },
  {
    name: 'target-port',
    type: 'text',
    help: "The Service's port, by number or name. By default the one that the TraefikService lists.",
  },
  {
    name: 'scheme',
    type: 'text',
    fallback: 'http',
    choices: ['http', 'https'],
    help: 'How the Service speaks; certificates are not checked.',
  },
  ...JOB_FLAGS,
  { name: 'junit', type: 'text', completes: 'files', help: "Write the result to this file, as JUnit's XML." },
];

export const smoke: Command = {
  name: 'smoke',
  usage: '[NAME] [-- COMMAND...]',
  summary: 'Test the preview, and record what passed',
  description: `Test the preview, and record the result for the very revision that was tested.

HTTP checks, from a file or from flags, run in a Job inside the cluster, at the preview's own Service; a Job of your own, or
any command behind "--", finds the preview in BLUEGREEN_URL and what it tests in BLUEGREEN_COLOR and BLUEGREEN_REVISION. A
command runs on this machine, at a forwarded port.

The command reads the preview's revision before and after the test, and records nothing if it changed. A pass is written
as bluegreen.dev/smoke-test=passed:REVISION, and the command checks that the webhook bound it. A failure is written as
failed:REVISION: REASON, which replaces an earlier pass. A test that could not be run, for example for want of a right, writes
nothing, and an earlier pass stays valid.

The exit code is 0 for a pass, 2 for a test that failed, and 1 where it could not be run or does not count.`,
  examples: [
    {
      comment: 'Two paths, by flags',
      command: 'kubectl bluegreen smoke shop --path /healthz --path / --contains Welcome',
    },
    {
      comment: 'The checks of a file, with a report for CI',
      command: 'kubectl bluegreen smoke shop -f smoke.yaml --junit smoke.xml',
    },
    {
      comment: '200 requests, 10 at a time, none slower than 300 ms',
      command: 'kubectl bluegreen smoke shop --path / --repeat 200 --concurrency 10 --max-latency 300ms',
    },
    { comment: 'A test suite of your own', command: 'kubectl bluegreen smoke shop -- npm run e2e' },
    { comment: 'A Job of your own', command: 'kubectl bluegreen smoke shop --job e2e-job.yaml' },
  ],
  flags: [
    ...SMOKE_FLAGS,
    { name: 'record', type: 'boolean', fallback: 'true', help: 'Whether the result is written on the TraefikService.' },
    { name: 'schema', type: 'boolean', help: 'Print the JSON schema of smoke.yaml, and do nothing else.' },
    { ...TIMEOUT_FLAG, fallback: '10m', help: 'How long the test may take.' },
    ...MUTATION_FLAGS.filter(({ name }) => name === 'field-manager'),
    OUTPUT_FLAG,
  ],
  arguments: { min: 0, max: 1 },
  takesRest: true,
  completes: 'names',
  run: async (call) => {
    if (call.flags.boolean('schema')) {
      const { SCHEMA_TEXT } = await import('../smoke/read.ts');
      call.io.out.write(SCHEMA_TEXT);
      return EXIT.ok;
    }
    checkFormat(call.flags.text('output'));
    const request = await smokeRequest(call);
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    const [{ smokeTest }, { tell }] = await Promise.all([import('../smoke/smoke.ts'), import('../smoke/tell.ts')]);
    return tell(call, await smokeTest(call, session, found, request), { alone: true });
  },
};

/** Reads what is to be tested with from the flags. Throws a UsageError where nothing, or more than one thing, is given. */
export async function smokeRequest(call: Call): Promise<SmokeRequest> {
  const { flags, rest } = call;
  const words = rest ?? [];
  const given = [
    ...(flags.isSet('filename') || flags.isSet('path') ? ['HTTP checks'] : []),
    ...(flags.isSet('job') ? ['--job'] : []),
    ...(words.length > 0 ? ['a command behind "--"'] : []),
  ];
  if (given.length > 1) throw new UsageError(`only one of these can be the test: ${given.join(', ')}`);
  const url = flags.text('url')?.replace(/\/+$/, '') ?? null;
  if (url !== null && !/^https?:\/\/[^/\s]+/.test(url))
    throw new UsageError('--url must begin with http:// or https://');
  if (url !== null && (flags.isSet('via') || flags.isSet('job')))
    throw new UsageError('--url asks from this machine: leave out --via and --job');
  const timeout = flags.duration('timeout');
  return { trial: await trialOf(call, words), url, timeout, record: !flags.isSet('record') || flags.boolean('record') };
}

async function trialOf(call: Call, words: readonly string[]): Promise<Trial> {
  const { flags, io } = call;
  const fromFlags = checksFromFlags(flags);
  if (words.length > 0) return { kind: 'program', words };
  const job = flags.text('job');
  if (job !== undefined) {
    const { readJob } = await import('../smoke/outside.ts');
    return { kind: 'manifest', manifest: readJob(job, await contentOf(call, job)) };
  }
  const { readChecks, expressionProblem } = await import('../smoke/read.ts');
  const files = await Promise.all(
    flags
      .list('filename')
      .map(async (file) => readChecks(file === '-' ? 'standard input' : file, await contentOf(call, file))),
  );
  const checks = [...files.flat(), ...fromFlags];
  const problem = fromFlags[0] === undefined ? null : expressionProblem(fromFlags[0]);
  if (problem !== null) throw new UsageError(problem);
  if (checks.length > 0) return { kind: 'checks', checks };
  const here = io.files.read('smoke.yaml') === null ? '' : ' (there is a smoke.yaml here: -f smoke.yaml)';
  throw new UsageError(
    `no test was given: use HTTP checks with -f smoke.yaml or --path, a Job with --job, or a command after "--"${here}`,
  );
}

async function contentOf({ io }: Call, file: string): Promise<string> {
  if (file === '-') return io.readStdin();
  const text = io.files.read(file);
  if (text === null) throw new UserError(`the path "${file}" does not exist`);
  return text;
}
