import { readSmokeTest, stillRuns } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { deployPreview } from '../deploy/deploy.ts';
import type { WantedImage } from '../deploy/images.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import { nameOf } from '../../common/objects.ts';
import { EXIT } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { printMutation } from '../traefikservice/print.ts';
import { commandLine } from '../traefikservice/names.ts';
import { ageOf } from '../printers/table.ts';
import { requirePromotable } from '../switch/foresee.ts';
import { preparePromotion, denied, switchAll } from '../switch/promotion.ts';
import type { Session } from '../cli/session.ts';
import { takeSnapshot } from '../smoke/revision.ts';
import { smokeTest } from '../smoke/smoke.ts';
import { requireWay } from '../smoke/where.ts';
import type { SmokeRequest } from '../smoke/smoke.ts';
import { tell } from '../smoke/tell.ts';
import { dropsEmptyServices } from '../traefik/empty.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { tellPlan } from './plan.ts';
import { stageOf } from './stage.ts';
import type { Stage } from './stage.ts';

export interface ReleaseRequest {
  readonly images: readonly WantedImage[];
  readonly replicas: number | null;
  readonly smoke: SmokeRequest;
  /** Milliseconds that each step may take. */
  readonly timeout: number;
  /** Whether what was rolled back may be tried once more. */
  readonly again: boolean;
  readonly analyzes: boolean;
  /** Whether the preview stays out of the list until it is promoted; null where Traefik's settings decide. */
  readonly detached: boolean | null;
}

/**
 * Deploys, tests, promotes and analyzes. Where it stands is read from the objects, so that a run that was ended at any
 * point goes on there. Answers with the exit code.
 */
export async function release(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  request: ReleaseRequest,
): Promise<number> {
  const stage = await stageOf(call, session, found, request.images);
  if (stage === null) {
    throw new UserError(`${resourceName(found)} lists neither ${found.pair.blue} nor ${found.pair.green}`);
  }
  if (stage.kind === 'live') return live(call, session, found, stage, request);
  if (dryRunOf(call) !== 'none') return plan(call, session, found, stage, request);
  requireNewRelease(call, found, stage, request);
  await requirePossible(call, session, found, stage.color, request);
  const next = steps(call, request);
  next();
  const { images, replicas, timeout } = request;
  const detached = await staysDetached(call, session, found, stage.color, request);
  const deployed = await deployPreview(call, session, found, { images, replicas, to: stage.color, timeout, detached });
  printMutation(call, found, deployed.changed ? 'deployed' : 'unchanged', deployed.found.object);
  next();
  const code = await test(call, session, deployed.found, request);
  if (code !== EXIT.ok && detached) {
    const service = found.pair[stage.color];
    call.io.err.write(
      `${service} stays out of the list: production does not depend on it. Run the same command again\n`,
    );
  }
  if (code !== EXIT.ok) return code;
  next();
  return promote(call, session, found, stage.color, request);
}

/** A smoke test in a few words. */
function testText(trial: SmokeRequest['trial']): string {
  if (trial.kind === 'checks') return `HTTP checks of ${trial.checks.map(({ path }) => path).join(', ')}`;
  return trial.kind === 'manifest' ? `Job ${nameOf(trial.manifest)}` : trial.words.join(' ');
}

/** What it would do, and what would deny it. */
async function plan(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  stage: Exclude<Stage, { readonly kind: 'live' }>,
  request: ReleaseRequest,
): Promise<number> {
  const { images, replicas, timeout, smoke, analyzes } = request;
  const { color } = stage;
  const detached = await staysDetached(call, session, found, color, request);
  return tellPlan(call, session, found, {
    color,
    deploy: { images, replicas, to: color, timeout, detached },
    test: testText(smoke.trial),
    analysis: analyzes ? `for ${call.flags.duration('analyze') / 1000}s, and a rollback if it fails` : null,
    require: async () => {
      requireNewRelease(call, found, stage, request);
      await requirePossible(call, session, found, color, request);
    },
  });
}

/**
 * Whether the preview is detached until it is tested and promoted: as asked for, else where Traefik takes an empty color
 * for a reason to drop the whole TraefikService.
 */
async function staysDetached(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  color: Color,
  { detached }: ReleaseRequest,
): Promise<boolean> {
  if (detached !== null) return detached;
  const drops = await dropsEmptyServices(session, found.namespace, call.flags.text('traefik'), call.io);
  if (drops !== true) return false;
  call.io.err.write(
    `Traefik has allowEmptyServices=false: ${found.pair[color]} is tested out of the list, and listed when it is promoted (--detached=false lists it before)\n`,
  );
  return true;
}

/** Nothing begins that is denied at its end: all that is known of the later steps is asked for before the first. */
async function requirePossible(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  to: Color,
  { smoke, analyzes }: ReleaseRequest,
): Promise<void> {
  await requirePromotable(call, session, { found, to, tests: true });
  await requireWay(call, session, smoke.trial.kind);
  if (!analyzes) return;
  const { requireAnalysis } = await import('../analysis/require.ts');
  await requireAnalysis(call, session, found);
}

function steps({ io, paint }: Call, { analyzes }: ReleaseRequest): () => void {
  const names = ['deploy', 'smoke', analyzes ? 'promote and analyze' : 'promote'];
  let count = 0;
  return () => {
    count += 1;
    io.err.write(`${paint.err.bold(`Step ${count} of ${names.length}: ${names[count - 1]}`)}\n`);
  };
}

/** The images are active: their analysis is left, if it has not ended. */
async function live(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  { color, analyzed }: Stage & { readonly kind: 'live' },
  request: ReleaseRequest,
): Promise<number> {
  const { err } = call.io;
  if (request.analyzes && !analyzed) {
    err.write(`${color} is active with these images already: resuming the analysis${dryRunSuffix(dryRunOf(call))}\n`);
    if (dryRunOf(call) !== 'none') return EXIT.ok;
    return promote(call, session, found, color, request);
  }
  printMutation(call, found, 'unchanged', found.object);
  err.write(`${color} is active with these images already${analyzed ? ', and its analysis has ended' : ''}\n`);
  return EXIT.ok;
}

/** What production went back from is not sent there again by a pipeline that only runs once more. */
function requireNewRelease(call: Call, found: TraefikServiceRef, stage: Stage, { again }: ReleaseRequest): void {
  if (stage.kind === 'former') {
    throw new UserError(
      `${stage.color} runs these images, which the last promotion replaced. To go back to them: ${commandLine('rollback', found)}`,
    );
  }
  if (stage.kind !== 'rolled back' || again) return;
  const { event, outcome, color } = stage;
  const reason = outcome === null ? `by ${event.by ?? 'an unknown user'}` : `by its analysis: ${outcome.reason}`;
  throw new UserError(
    `these images on ${color} were rolled back ${ageOf(event.at, call.io.now())} ago, ${reason}. ` +
      'Release other images, or these again with --again',
    outcome === null ? EXIT.error : EXIT.rolledBack,
  );
}

/** Tests the preview, unless its present revision has passed already. */
async function test(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  { smoke }: ReleaseRequest,
): Promise<number> {
  const { found: now, preview, revision } = await takeSnapshot(call, session, found);
  const record = readSmokeTest(now.object);
  if (revision !== null && record !== null && record.color === preview && stillRuns(record, revision)) {
    const when = ageOf(record.at, call.io.now());
    call.io.err.write(`Revision ${revision.name} passed already, ${when} ago, attested by ${record.by}\n`);
    return EXIT.ok;
  }
  return tell(call, await smokeTest(call, session, now, smoke), { alone: false });
}

/** The switch to a color that is named: whatever others do meanwhile, it never goes to another one. */
async function promote(
  call: Call,
  session: Session,
  { group, name }: TraefikServiceRef,
  to: Color,
  { analyzes }: ReleaseRequest,
): Promise<number> {
  const target = { group, name };
  const pinned: Call = {
    ...call,
    flags: {
      ...call.flags,
      text: (flag) => (flag === 'to' ? to : call.flags.text(flag)),
      isSet: (flag) => flag === 'to' || call.flags.isSet(flag),
    },
  };
  if (analyzes) {
    const { promoteAndAnalyze } = await import('./promote-and-analyze.ts');
    return promoteAndAnalyze(pinned, [target]);
  }
  const promotion = await preparePromotion(pinned, session, target);
  return (await denied(pinned, session, [promotion]))
    ? EXIT.error
    : (await switchAll(pinned, session, [promotion])).code;
}
