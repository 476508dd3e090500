import { otherColor, previousOf, replicasOf, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { UserError } from '../kube/errors.ts';
import { askFacts } from '../switch/preflight.ts';
import { scalingOf } from '../switch/autoscaler.ts';
import type { Raise, Scaling } from '../switch/autoscaler.ts';
import { dropsEmptyServices } from '../traefik/empty.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { changedImages, placeImages } from './images.ts';
import type { ContainerImage, WantedImage } from './images.ts';
import { mayEmpty, standstill, workloadName, workloadsOf } from './workload.ts';
import type { ColorWorkload } from './workload.ts';

/** What deploying has to do, read from the objects: what is done already is no part of it. */
export interface DeployPlan {
  readonly found: TraefikServiceRef;
  readonly color: Color;
  readonly workload: ColorWorkload;
  /** Images as asked for. */
  readonly images: readonly ContainerImage[];
  /** Those of them that the workload does not have yet. */
  readonly changed: readonly ContainerImage[];
  /** What its autoscaler lacks before it can take production's load; null where nothing is to change. */
  readonly raise: Raise | null;
  /** Null where the number stays. */
  readonly replicas: number | null;
  /** It is the color to roll back to, which it cannot be any more with another image. */
  readonly forget: boolean;
  /** Why it leaves the list first, to end a sentence; null where it stays, or is not there. */
  readonly detach: string | null;
  /** It is not listed again before it is promoted. */
  readonly staysOut: boolean;
}

export interface DeployRequest {
  readonly images: readonly WantedImage[];
  /** Null for at least as many as the active color has. */
  readonly replicas: number | null;
  /** The color that is asked for; null for the preview. */
  readonly to: Color | null;
  /** Milliseconds to wait for its pods. */
  readonly timeout: number;
  /** Whether it stays out of the list until it is promoted. */
  readonly detached: boolean;
}

/** Reads what is to be done. Throws a UserError where this release cannot be deployed to. */
export async function planDeploy(
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
  const [facts, workload, drops] = await Promise.all([
    askFacts(session, found, call.io),
    onlyWorkload(call, session, found, color),
    dropsEmptyServices(session, found.namespace, call.flags.text('traefik'), call.io),
  ]);
  call.io.interrupted.throwIfAborted();
  if (!facts.known)
    throw new UserError(`what runs in ${found.namespace} could not be read: ${facts.reason}. Try again`);
  const images = placeImages(workload.object, request.images);
  const changed = changedImages(workload.object, images);
  const stuck = changed.length === 0 ? null : standstill(workload, found.namespace);
  if (stuck !== null) throw new UserError(stuck);
  const scaling = await scalingOf(session, found.namespace, { workload, active: facts[active] }, call.io.interrupted);
  const replicas = wantedReplicas(workload, request.replicas, scaling);
  const staysOut = request.detached;
  const listed = stateOf(found.object, found.pair)[color] !== null;
  const empties = mayEmpty(workload, replicas, facts[color].readyEndpoints);
  const detachWhy = whyDetach({ staysOut, rolls: changed.length > 0, drops, empties });
  return {
    found,
    color,
    workload,
    images,
    changed,
    raise: scaling.raise,
    replicas,
    forget: changed.length > 0 && previousOf(found.object) === color,
    detach: listed && detachWhy !== null ? detachWhy : null,
    staysOut,
  };
}

/** Why a listed preview leaves the list for its rollout; null where it may stay. */
function whyDetach({
  staysOut,
  rolls,
  drops,
  empties,
}: Readonly<Record<'staysOut' | 'rolls' | 'empties', boolean>> & { readonly drops: boolean | null }): string | null {
  if (staysOut) return 'until it is promoted';
  if (!rolls) return null;
  if (drops === true)
    return 'until it is ready: with allowEmptyServices=false Traefik answers 404 to every request while it lists an empty color';
  return empties ? 'until it is ready: its rollout may leave it empty' : null;
}

function isLive(found: TraefikServiceRef, color: Color): UserError {
  return new UserError(
    `${found.pair[color]} is active, and what serves production is never changed under its feet. ` +
      `Deploy to ${otherColor(color)}, test it and switch: ${commandLine('deploy', found, ' --image CONTAINER=IMAGE')}`,
  );
}

function wantedReplicas(workload: ColorWorkload, asked: number | null, { floor }: Scaling): number | null {
  const now = replicasOf(workload.object);
  const wanted = asked ?? Math.max(now, floor);
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
