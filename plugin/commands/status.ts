import type { Call, Command } from '../cli/command.ts';
import { ALL_NAMESPACES_FLAG, OUTPUT_FLAG, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { showLive } from '../printers/live.ts';
import type { Session } from '../cli/session.ts';
import { lookAtTraefik } from '../production/look.ts';
import { findReplicas } from '../traefik/replicas.ts';
import { createTrafficMeter } from '../traefik/traffic.ts';
import { parseJson } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { askFacts } from '../switch/preflight.ts';
import { checkFormat, printObject } from '../printers/object.ts';
import { keepPods, NO_PODS, reportPods } from '../status/pods.ts';
import type { PodsReport } from '../status/pods.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import { formatStatus } from '../status/format.ts';
import type { StatusStyle } from '../status/format.ts';
import { buildReport } from '../status/report.ts';
import type { StatusReport } from '../status/report.ts';
import { unhealthy } from '../status/wait.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget, readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

export const status: Command = {
  name: 'status',
  usage: '[NAME]',
  summary: 'Show the active color, the preview and the possible switches',
  description: `Show the active color, since when and by whom; the preview, and whether it is tested and ready; whether a promotion and a rollback
are possible, and why not; and what would undo a switch.`,
  examples: [
    { comment: 'The only blue-green TraefikService of the namespace', command: 'kubectl bluegreen status -n demo' },
    {
      comment: 'In a pipeline: wait until production is healthy',
      command: 'kubectl bluegreen status shop --wait --timeout 5m',
    },
    { comment: 'Follow a switch', command: 'kubectl bluegreen status shop -w' },
    { comment: 'The active color, for a script', command: "kubectl bluegreen status shop -o jsonpath='{.active}'" },
  ],
  flags: [
    {
      name: 'watch',
      short: 'w',
      type: 'boolean',
      help: 'Redraw the status as it changes, with the requests and errors that Traefik counts.',
    },
    {
      name: 'wait',
      type: 'boolean',
      help: 'Wait until production is healthy: one version answers, and the active color is rolled out and ready.',
    },
    { ...TIMEOUT_FLAG, help: 'How long --wait waits; then the exit code is 3.' },
    OUTPUT_FLAG,
    ...WAIT_FLAGS.filter((flag) => flag.name === 'traefik'),
    { ...ALL_NAMESPACES_FLAG, hidden: true },
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    if (call.flags.boolean('all-namespaces'))
      throw new UsageError("status shows one release; for those of all namespaces: 'kubectl bluegreen list -A'");
    const session = await call.connect();
    if (call.flags.boolean('watch') && call.flags.boolean('wait'))
      throw new UsageError('--watch and --wait exclude each other');
    const found = await findTarget(session, firstTarget(call.args));
    if (call.flags.boolean('watch')) return watch(call, session, found);
    if (call.flags.boolean('wait')) return waitForHealth(call, session, found);
    print(call, found, await reportOn(call, session, found));
    return EXIT.ok;
  },
};

/** Milliseconds between two looks of --wait. */
const POLL = 1000;

/** Looks until production is healthy, and prints the last look. */
async function waitForHealth(call: Call, session: Session, first: TraefikServiceRef): Promise<number> {
  const { io } = call;
  const limit = call.flags.duration('timeout');
  const deadline = io.now().getTime() + limit;
  let said = '';
  for (;;) {
    const found = { ...first, object: await readAgain(session.client, first, { signal: io.interrupted }) };
    const report = await reportOn(call, session, found);
    const reasons = unhealthy(report);
    const late = io.now().getTime() >= deadline;
    if (reasons.length === 0 || late) print(call, found, report);
    if (reasons.length === 0) return EXIT.ok;
    const why = reasons.join('; ');
    if (late) {
      throw new UserError(
        `timed out after ${limit / 1000}s waiting for ${resourceName(found)} to be healthy: ${why}`,
        EXIT.timeout,
      );
    }
    if (why !== said) io.err.write(`Waiting: ${why}\n`);
    said = why;
    await io.sleep(POLL, io.interrupted);
  }
}

async function watch(call: Call, session: Session, first: TraefikServiceRef): Promise<number> {
  const format = call.flags.text('output') ?? '';
  if (format !== '' && format !== 'wide')
    throw new UsageError('--watch shows a table: leave --output out, or use wide');
  const { io } = call;
  const replicas = await findReplicas(session.client, call.flags.text('traefik'), io.interrupted).catch(() => []);
  const meter = createTrafficMeter(session.client, replicas, first, () => io.now().getTime());
  return showLive(call, async () => {
    const object = await readAgain(session.client, first, { signal: io.interrupted });
    const found = { ...first, object };
    const [report, traffic] = await Promise.all([reportOn(call, session, found), meter(io.interrupted)]);
    const style = { ...styleOf(call), live: { traffic } };
    return { text: formatStatus(found, report, style), key: JSON.stringify(report) };
  });
}

async function reportOn(call: Call, session: Session, found: TraefikServiceRef): Promise<StatusReport> {
  const { io, flags } = call;
  const [{ facts, pods }, seen] = await Promise.all([
    lookAt(call, session, found),
    lookAtTraefik(session, flags.text('traefik'), io),
  ]);
  return buildReport(session, found, facts, { io, seen, pods });
}

interface LookedAt {
  readonly facts: Facts;
  readonly pods: Readonly<Record<Color, PodsReport>>;
}

/** The facts, and the pods behind them. */
async function lookAt({ io }: Call, session: Session, found: TraefikServiceRef): Promise<LookedAt> {
  const keeping = keepPods(session);
  const facts = await askFacts(keeping.session, found, io);
  if (!facts.known) return { facts, pods: { blue: NO_PODS, green: NO_PODS } };
  return { facts, pods: await reportPods(keeping, found, facts, io.interrupted) };
}

function styleOf({ io, flags, paint }: Call): StatusStyle {
  return { now: io.now(), paint: paint.out, wide: flags.text('output') === 'wide', columns: io.out.columns?.() };
}

function print(call: Call, found: TraefikServiceRef, report: StatusReport): void {
  const format = call.flags.text('output') ?? '';
  const text =
    format === '' || format === 'wide'
      ? formatStatus(found, report, styleOf(call))
      : printObject(asDocument(report), resourceName(found), format);
  call.io.out.write(text);
}

/** The report as a document of its own kind, so that scripts can tell its version. */
function asDocument(report: StatusReport): JsonObject {
  const plain = parseJson(JSON.stringify(report));
  return { apiVersion: 'bluegreen.dev/v1', kind: 'ReleaseStatus', ...(isObject(plain) ? plain : {}) };
}
