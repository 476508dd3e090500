import { otherColor, previousOf } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { requirePromotable } from '../switch/foresee.ts';
import { preparePromotion, denied, switchAll } from '../switch/promotion.ts';
import type { Promotion } from '../switch/promotion.ts';
import { scalingOf, sendRaise } from '../switch/autoscaler.ts';
import { awaitReady, replicasLike, scalable, scaleTo } from '../switch/scale.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceArgument } from '../traefikservice/argument.ts';
import { resourceName } from '../traefikservice/find.ts';
import { startAnalysisJob } from '../analysis/job.ts';
import { prepareAnalysis } from '../analysis/prepare.ts';
import { requireAnalysis } from '../analysis/require.ts';
import { readOptions } from '../analysis/options.ts';
import type { AnalysisOptions } from '../analysis/options.ts';
import { analyzeSwitch } from '../analysis/run.ts';
import type { AnalyzedSwitch } from '../analysis/subject.ts';

/** What a promotion with a watch goes by, step by step. */
interface Course {
  readonly call: Call;
  readonly session: Session;
  readonly options: AnalysisOptions;
  /** Looks at everything anew. */
  readonly prepare: () => Promise<readonly Promotion[]>;
}

/**
 * Promotes and watches: brings the previews to size, measures the old colors, asks the policy once more, switches, and
 * watches. What is active already is watched as well, as long as there is something to go back to: an interrupted command
 * goes on where it was. Answers with the exit code.
 */
export async function promoteAndAnalyze(
  call: Call,
  targets: readonly (TraefikServiceArgument | null)[],
): Promise<number> {
  const options = readOptions(call.flags, 'analyze');
  const session = await call.connect();
  function prepare(): Promise<readonly Promotion[]> {
    return Promise.all(targets.map((target) => preparePromotion(call, session, target)));
  }
  const first = await prepare();
  const small = first.filter(isSmaller);
  const judged = first.map((each) => (small.includes(each) ? withoutCapacity(each) : each));
  if (await denied(call, session, judged)) return EXIT.error;
  if (small.length > 0 && dryRunOf(call) === 'none') {
    const asks = call.flags.isSet('override') ? [] : small;
    for (const { found, plan } of asks) await requirePromotable(call, session, { found, to: plan.to, tests: false });
    for (const { found } of small) await requireAnalysis(call, session, found);
  }
  for (const each of small) await scaleToMatch(call, session, each);
  if (dryRunOf(call) !== 'none') return (await switchAll(call, session, first)).code;
  const course: Course = { call, session, options, prepare };
  return call.flags.boolean('in-cluster') ? analyzeInCluster(course, first) : analyzeHere(course, first);
}

async function analyzeHere({ call, session, options, prepare }: Course, first: readonly Promotion[]): Promise<number> {
  const releases = first.flatMap((each) => releaseOf(call, each) ?? []);
  const watch = releases.length === 0 ? null : await prepareAnalysis(call, session, options, releases);
  const promotions = await prepare();
  if (await denied(call, session, promotions)) return EXIT.error;
  const { code, stored } = await switchAll(call, session, promotions);
  return code !== EXIT.ok || watch === null ? code : analyzeSwitch(call, session, watch, stored);
}

/** The same with a Job that watches: it measures first, then the switch is made here, by whoever is asking for it. */
async function analyzeInCluster(
  { call, session, options, prepare }: Course,
  first: readonly Promotion[],
): Promise<number> {
  const switching = first.filter(({ decision }) => decision !== null);
  const awaits = switching.length > 0;
  const releases = (awaits ? switching : first).flatMap((each) => releaseOf(call, each) ?? []);
  if (releases.length === 0) return (await switchAll(call, session, first)).code;
  const job = await startAnalysisJob(call, session, options, releases, awaits);
  await job.ready;
  try {
    const promotions = await prepare();
    if (await denied(call, session, promotions)) {
      await job.cancel();
      return EXIT.error;
    }
    job.leave();
    const { code } = await switchAll(call, session, promotions);
    if (code === EXIT.ok) return await job.follow();
    await job.cancel();
    return code;
  } catch (error) {
    // After Ctrl-C it is unknown whether the switch was stored: the Job finds out.
    if (!call.io.interrupted.aborted) await job.cancel();
    throw error;
  }
}

function releaseOf({ io }: Call, { found, plan, decision }: Promotion): AnalyzedSwitch | null {
  const from = otherColor(plan.to);
  const switches = decision !== null && plan.from !== plan.to;
  if (switches || previousOf(found.object) === from) return { found, from, to: plan.to };
  io.err.write(`${resourceName(found)} is on ${plan.to} already, with no color to roll back to: it is not analyzed\n`);
  return null;
}

/** Whether the preview has fewer replicas than the active color. */
function isSmaller({ facts, plan, decision }: Promotion): boolean {
  if (decision === null || !facts.known) return false;
  const { workload } = facts[plan.to];
  return (
    workload !== null && scalable(workload) !== null && workload.replicas < replicasLike(facts[otherColor(plan.to)])
  );
}

/** What the policy says apart from what scaling up cures. */
function withoutCapacity(promotion: Promotion): Promotion {
  const { decision } = promotion;
  if (decision === null) return promotion;
  return {
    ...promotion,
    decision: { ...decision, findings: decision.findings.filter(({ check }) => check !== 'ready-endpoints') },
  };
}

async function scaleToMatch(call: Call, session: Session, { found, plan, facts }: Promotion): Promise<void> {
  if (!facts.known) return;
  const { workload } = facts[plan.to];
  const target = scalable(workload);
  if (workload === null || target === null) return;
  const active = facts[otherColor(plan.to)];
  const scaling = await scalingOf(session, found.namespace, { workload, active }, call.io.interrupted);
  const replicas = scaling.floor;
  if (scaling.raise !== null) await sendRaise(call, session, scaling.raise);
  if (workload.replicas >= replicas) return;
  const dry = dryRunOf(call) !== 'none';
  call.io.err.write(
    `${found.pair[plan.to]} has ${workload.replicas} of the active color's ${replicas} replicas: ${workload.kind} ${workload.name} ${dry ? 'would be' : 'is'} scaled up first\n`,
  );
  if (dry) return;
  await scaleTo(call, session, found, target, replicas);
  await awaitReady(call, session, found, { color: plan.to, endpoints: replicas });
}
