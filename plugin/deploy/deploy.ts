import { otherColor, previousOf, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { checkActive, edit } from '../traefikservice/edit.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import { shortImages } from '../traefikservice/names.ts';
import { FORGET_PREVIOUS, planAttach, planDetach } from '../traefikservice/patches.ts';
import type { Session } from '../cli/session.ts';
import { readAgain } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { containersOf, hasImages } from './images.ts';
import type { WantedImage } from './images.ts';
import { planDeploy } from './plan.ts';
import type { DeployPlan, DeployRequest } from './plan.ts';
import { requireDeployable } from './require.ts';
import { awaitRollout } from './rollout.ts';
import { sendWorkload } from './send.ts';
import { workloadsOf } from './workload.ts';
import { sendRaise } from '../switch/autoscaler.ts';
import { warn } from '../cli/warn.ts';

/** How deploying ended. */
export interface Deployed {
  readonly found: TraefikServiceRef;
  readonly color: Color;
  /** False where everything was as asked for already. */
  readonly changed: boolean;
}

/**
 * Brings images to the preview, waits until it is settled and ready, and lists it at weight 0, unless it is to be detached
 * until it is promoted. What is done already is not done again. Throws a UserError with the way out; production is never touched.
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
  if (plan.raise !== null) await sendRaise(call, session, plan.raise);
  const rolls = (await sendWorkload(call, session, plan)) || plan.raise !== null;
  const { color } = plan;
  if (dryRunOf(call) !== 'none') return { found: prepared, color, changed: rolls || prepared !== found };
  await awaitRollout(call, session, prepared, { ...plan, timeout: request.timeout });
  const object = await readAgain(session.client, found, { signal: call.io.interrupted });
  checkActive({ ...found, object }, otherColor(color));
  const listed = plan.staysOut ? { ...found, object } : await attach(call, session, { ...found, object }, color);
  return { found: listed, color, changed: rolls || listed.object !== object || prepared !== found };
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
  if (detach !== null) err.write(`${found.pair[color]} leaves the list ${detach}${suffix}\n`);
  return edit(call, session, found, (object) => {
    const patch = [
      ...(detach !== null ? (planDetach(object, found.pair, color) ?? []) : []),
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
