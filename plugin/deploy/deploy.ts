import { otherColor, previousOf, stateOf } from '../../webhook/policy/index.ts';
import type { Color, ColorFacts } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { checkActive, edit } from '../traefikservice/edit.ts';
import { UserError } from '../kube/errors.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import { commandLine, shortImages } from '../traefikservice/names.ts';
import { FORGET_PREVIOUS, planAttach, planDetach } from '../traefikservice/patches.ts';
import { askFacts } from '../switch/preflight.ts';
import { replicasLike } from '../switch/scale.ts';
import type { Session } from '../cli/session.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { changedImages, containersOf, hasImages, placeImages } from './images.ts';
import type { WantedImage } from './images.ts';
import type { DeployPlan } from './plan.ts';
import { requireDeployable } from './require.ts';
import { awaitRollout } from './rollout.ts';
import { sendWorkload } from './send.ts';
import { mayEmpty, replicasOf, standstill, workloadName, workloadsOf } from './workload.ts';
import type { ColorWorkload } from './workload.ts';
import { warn } from '../cli/warn.ts';

export interface DeployRequest {
  readonly images: readonly WantedImage[];
  /** Null for at least as many as the active color has. */
  readonly replicas: number | null;
  /** The color that is asked for; null for the preview. */
  readonly to: Color | null;
  /** Milliseconds to wait for its pods. */
  readonly timeout: number;
}

/** How deploying ended. */
export interface Deployed {
  readonly found: TraefikServiceRef;
  readonly color: Color;
  /** False where everything was as asked for already. */
  readonly changed: boolean;
}

/**
 * Brings images to the preview, waits until it is settled and ready, and lists it at weight 0. What is done already is
 * not done again. Throws a UserError with the way out; production is never touched.
 */
export async function deployPreview(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  request: DeployRequest,
): Promise<Deployed> {
  const plan = await planDeploy(call, session, found, request);
  await requireDeployable(call, session, plan);
  const prepared = await prepareList(call, session, plan);
  const rolls = await sendWorkload(call, session, plan);
  const { color } = plan;
  if (dryRunOf(call) !== 'none') return { found: prepared, color, changed: rolls || prepared !== found };
  await awaitRollout(call, session, prepared, { ...plan, timeout: request.timeout });
  const object = await readAgain(session.client, found, { signal: call.io.interrupted });
  checkActive({ ...found, object }, otherColor(color));
  const listed = await attach(call, session, { ...found, object }, color);
  return { found: listed, color, changed: rolls || listed.object !== object || prepared !== found };
}

async function planDeploy(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  request: DeployRequest,
): Promise<DeployPlan> {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) {
    throw new UserError(`${resourceName(found)} lists neither ${found.pair.blue} nor ${found.pair.green}`);
  }
  const color = request.to ?? otherColor(active);
  if (color === active) throw isLive(found, color);
  const [facts, workload] = await Promise.all([
    askFacts(session, found, call.io),
    onlyWorkload(call, session, found, color),
  ]);
  call.io.interrupted.throwIfAborted();
  if (!facts.known)
    throw new UserError(`what runs in ${found.namespace} could not be read: ${facts.reason}. Try again`);
  const images = placeImages(workload.object, request.images);
  const changed = changedImages(workload.object, images);
  const stuck = changed.length === 0 ? null : standstill(workload, found.namespace);
  if (stuck !== null) throw new UserError(stuck);
  const replicas = wantedReplicas(workload, request.replicas, facts[active]);
  const ready = facts[color].readyEndpoints;
  return {
    found,
    color,
    workload,
    images,
    changed,
    replicas,
    forget: changed.length > 0 && previousOf(found.object) === color,
    detach: stateOf(found.object, found.pair)[color] !== null && changed.length > 0 && mayEmpty(workload, ready),
  };
}

function isLive(found: TraefikServiceRef, color: Color): UserError {
  return new UserError(
    `${found.pair[color]} is active, and what serves production is never changed under its feet. ` +
      `Deploy to ${otherColor(color)}, test it and switch: ${commandLine('deploy', found, ' --image CONTAINER=IMAGE')}`,
  );
}

function wantedReplicas(workload: ColorWorkload, asked: number | null, active: ColorFacts): number | null {
  const now = replicasOf(workload.object);
  const wanted = asked ?? Math.max(now, replicasLike(active));
  return wanted === now ? null : wanted;
}

/** The single workload selected by this color's Service. It must not be selected by the other color's Service. */
async function onlyWorkload(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  color: Color,
): Promise<ColorWorkload> {
  const [own, others] = await Promise.all([
    workloadsOf(session, found, color, call.io.interrupted),
    workloadsOf(session, found, otherColor(color), call.io.interrupted).catch(() => []),
  ]);
  const service = found.pair[color];
  const [only] = own;
  if (only === undefined) {
    throw new UserError(
      `no Deployment or StatefulSet has pod labels that Service ${service} selects: create one, or give ${service} the new version by hand`,
    );
  }
  if (own.length > 1) {
    const names = own.map(workloadName).join(', ');
    throw new UserError(
      `several workloads stand behind Service ${service} (${names}), and only one at a time can be deployed: set their images with 'kubectl set image', wait for them with 'kubectl rollout status', then run this command without --image`,
    );
  }
  const shared = others.some((other) => other.kind === only.kind && other.name === only.name);
  if (shared) {
    throw new UserError(
      `${workloadName(only)} is selected by the Services of both colors, so a new image would reach production at once. Give each color its own workload`,
    );
  }
  return only;
}

/** Takes the way back away, and the color out of the list, where the plan says so: in one write, before anything rolls. */
async function prepareList(call: Call, session: Session, plan: DeployPlan): Promise<TraefikServiceRef> {
  const { found, color, forget, detach } = plan;
  const { err } = call.io;
  const suffix = dryRunSuffix(dryRunOf(call));
  if (forget) {
    warn(
      call,
      `the instant rollback to ${color} (${shortImages(templateImages(plan))}) is gone from now on: ${color} gets a new version${suffix}`,
    );
  }
  if (detach) {
    err.write(`${found.pair[color]} leaves the list until it is ready: its rollout may leave it empty${suffix}\n`);
  }
  return edit(call, session, found, (object) => {
    const patch = [
      ...(detach ? (planDetach(object, found.pair, color) ?? []) : []),
      ...(forget && previousOf(object) === color ? [FORGET_PREVIOUS] : []),
    ];
    return patch.length === 0 ? null : patch;
  });
}

function templateImages({ workload }: DeployPlan): readonly string[] {
  return containersOf(workload.object)
    .filter(({ list }) => list === 'containers')
    .map(({ image }) => image);
}

async function attach(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  color: Color,
): Promise<TraefikServiceRef> {
  const attached = await edit(call, session, found, (object) => planAttach(object, found.pair, color));
  if (attached.object !== found.object) call.io.err.write(`${found.pair[color]} is listed again, with weight 0\n`);
  return attached;
}

/** Whether the active color runs the images already, so that there is nothing to deploy. */
export async function isLiveAlready(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  images: readonly WantedImage[],
): Promise<boolean> {
  const { active } = stateOf(found.object, found.pair);
  if (active === null || images.length === 0) return false;
  const workloads = await workloadsOf(session, found, active, call.io.interrupted).catch(() => []);
  return workloads.length > 0 && workloads.every(({ object }) => hasImages(object, images));
}
