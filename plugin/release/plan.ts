import type { Color } from '../../webhook/policy/index.ts';
import { readSmokeTest, settledRevision, stillRuns } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import { EXIT } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { planDeploy } from '../deploy/plan.ts';
import type { DeployPlan } from '../deploy/plan.ts';
import { requireDeployable } from '../deploy/require.ts';
import { workloadName } from '../deploy/workload.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { autoscalerName } from '../switch/autoscaler.ts';
import { askFacts } from '../switch/preflight.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { printDocument } from './report.ts';
import type { ReleaseStep } from './report.ts';

/** What a release would do, and what would deny it. */
export interface ReleasePlan {
  readonly color: Color;
  readonly steps: readonly ReleaseStep[];
  /** Why it would end before its first change; empty where nothing known stands against it. */
  readonly denied: readonly string[];
}

export interface PlanRequest {
  readonly color: Color;
  readonly deploy: Parameters<typeof planDeploy>[3];
  /** The test in words. */
  readonly test: string;
  /** The analysis in words; null for none. */
  readonly analysis: string | null;
  /** Throws where the release would end before its first change. */
  readonly require: () => Promise<void>;
}

/** Prints what a release would do. The exit code is 1 where something would deny it. Nothing is changed. */
export async function tellPlan(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  request: PlanRequest,
): Promise<number> {
  const plan = await planRelease(call, session, found, request);
  const format = call.flags.text('output') ?? '';
  if (format === '') tell(call, found, plan);
  else printDocument(call, found, 'ReleasePlan', { ...plan, dryRun: dryRunOf(call) });
  return plan.denied.length === 0 ? EXIT.ok : EXIT.error;
}

async function planRelease(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  { color, deploy, test, analysis, require }: PlanRequest,
): Promise<ReleasePlan> {
  const denied: string[] = [];
  async function orDenied<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (call.io.interrupted.aborted) throw error;
      denied.push(error instanceof UserError ? error.message : describeError(error));
      return null;
    }
  }
  await orDenied(require);
  const plan = await orDenied(() => planDeploy(call, session, found, deploy));
  if (plan !== null) await orDenied(() => requireDeployable(call, session, plan));
  const passed = plan !== null && plan.changed.length === 0 ? await passedRevision(call, session, found, color) : null;
  const smoke: ReleaseStep =
    passed === null
      ? { name: 'smoke', state: 'pending', detail: `${found.pair[color]}: ${test}` }
      : { name: 'smoke', state: 'done', detail: `revision ${passed} passed already` };
  const promoted = `production goes to ${color} (${found.pair[color]})`;
  const steps: readonly ReleaseStep[] = [
    deployStep(plan),
    smoke,
    { name: 'promote', state: 'pending', detail: promoted },
    ...(analysis === null ? [] : [{ name: 'analyze', state: 'pending', detail: analysis } as const]),
  ];
  return { color, steps, denied };
}

function deployStep(plan: DeployPlan | null): ReleaseStep {
  if (plan === null) return { name: 'deploy', state: 'pending', detail: 'not known' };
  const { workload, changed, raise, replicas, detach, staysOut } = plan;
  const parts = [
    ...changed.map(({ name, image }) => `${name} gets ${image}`),
    ...(raise === null ? [] : [`${autoscalerName(raise.autoscaler)} at least ${raise.min} replicas`]),
    ...(replicas === null ? [] : [`${replicas} replicas`]),
    ...(detach === null ? [] : [`leaves the list ${detach}`]),
  ];
  const done = parts.length === 0;
  const detail = `${workloadName(workload)}: ${done ? 'has the images already' : parts.join(', ')}`;
  return {
    name: 'deploy',
    state: done ? 'done' : 'pending',
    detail: staysOut && done ? `${detail}, not listed` : detail,
  };
}

/** The revision of the color, if it passed its test already. */
async function passedRevision(
  { io }: Call,
  session: Session,
  found: TraefikServiceRef,
  color: Color,
): Promise<string | null> {
  const record = readSmokeTest(found.object);
  const facts = await askFacts(session, found, io);
  if (record === null || record.color !== color || !facts.known) return null;
  const settled = settledRevision(facts[color], found.pair[color]);
  return 'revision' in settled && stillRuns(record, settled.revision) ? settled.revision.name : null;
}

function tell(call: Call, found: TraefikServiceRef, { steps, denied }: ReleasePlan): void {
  const { out, err } = call.io;
  const verb = denied.length === 0 ? 'released' : 'not released';
  out.write(`${resourceName(found)} ${verb}${dryRunSuffix(dryRunOf(call))}\n`);
  for (const [index, { name, state, detail }] of steps.entries())
    out.write(`  ${index + 1}. ${name.padEnd(8)} ${state === 'done' ? 'done: ' : ''}${detail}\n`);
  for (const reason of denied) err.write(`error: ${reason.replace(/^error: /, '')}\n`);
}
