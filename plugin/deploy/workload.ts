import { resourcePath } from '../../common/kube/paths.ts';
import { replacesAllAtOnce, replicasOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, number } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { UserError } from '../kube/errors.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

const KINDS = { Deployment: 'deployments', StatefulSet: 'statefulsets', ReplicaSet: 'replicasets' } as const;

/** A workload whose pods a color's Service selects. */
export interface ColorWorkload {
  readonly kind: keyof typeof KINDS;
  readonly name: string;
  readonly object: JsonObject;
}

/** Path of a workload in the API. */
export function workloadPath(namespace: string, { kind, name }: Pick<ColorWorkload, 'kind' | 'name'>): string {
  return resourcePath('apps/v1', KINDS[kind], { namespace, name });
}

function collection(namespace: string, kind: keyof typeof KINDS): string {
  return resourcePath('apps/v1', KINDS[kind], { namespace });
}

/** `deployment.apps/green`: how messages name a workload. */
export function workloadName({ kind, name }: Pick<ColorWorkload, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}.apps/${name}`;
}

/**
 * Every workload whose pod labels a color's Service selects, scaled down or not: by its template, as no pod may be there.
 * Throws when the Service does not exist or has no selector.
 */
export async function workloadsOf(
  { client }: Session,
  { namespace, pair }: TraefikServiceRef,
  color: Color,
  signal: AbortSignal,
): Promise<readonly ColorWorkload[]> {
  const path = resourcePath('v1', 'services', { namespace, name: pair[color] });
  const [service, ...lists] = await Promise.all([
    client.get(path, { signal }),
    ...(['Deployment', 'StatefulSet', 'ReplicaSet'] as const).map(async (kind) => {
      const objects = await client.list(collection(namespace, kind), { signal });
      return objects.map((object): ColorWorkload => ({ kind, name: nameOf(object), object }));
    }),
  ]);
  const selector = Object.entries(objectAt(service, 'spec', 'selector'));
  if (selector.length === 0) {
    throw new UserError(
      `Service ${pair[color]} has no selector, so its workload is unknown. Deploy the new version manually`,
    );
  }
  return lists.flat().filter(({ object }) => {
    const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
    return !isControlled(object) && selector.every(([key, value]) => labels[key] === value);
  });
}

function isControlled(object: JsonObject): boolean {
  return objectsAt(object, 'metadata', 'ownerReferences').some((owner) => at(owner, 'controller') === true);
}

/**
 * Whether a rollout to a number of replicas (null for the present one) may leave a color without any ready pod for a while,
 * or finds it without one.
 */
export function mayEmpty({ kind, object }: ColorWorkload, replicas: number | null, ready: number): boolean {
  const spec = objectAt(object, 'spec');
  const wanted = replicas === null ? object : { ...object, spec: { ...spec, replicas } };
  // A StatefulSet replaces its last pod first, whether the others are ready or not.
  return ready === 0 || (kind === 'StatefulSet' && ready < 2) || replacesAllAtOnce(kind, wanted);
}

/** Pods that a rollout needs at least beside those that a workload has. */
export function podsBeyond({ kind, object }: ColorWorkload, replicas: number | null, rolls: boolean): number {
  const now = replicasOf(object);
  const wanted = replicas ?? now;
  const added = Math.max(0, wanted - now);
  if (!rolls || now === 0 || kind !== 'Deployment') return added;
  if (stringAt(object, 'spec', 'strategy', 'type') === 'Recreate') return added;
  const unavailable = at(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
  // Where no pod may go before another one is there, it takes one more.
  return absolute(unavailable, wanted) === 0 ? added + 1 : added;
}

/** `maxUnavailable` in pods: a share is rounded down, and defaults to a quarter. */
function absolute(value: unknown, replicas: number): number {
  if (typeof value === 'number') return value;
  const share = typeof value === 'string' ? Number.parseFloat(value) : 25;
  return Math.floor((share / 100) * replicas);
}

/** Why a new image would not reach the pods of a workload by itself, and what to do; null where it would. */
export function standstill({ kind, name, object }: ColorWorkload, namespace: string): string | null {
  if (kind === 'ReplicaSet') {
    return `ReplicaSet ${name} does not replace its pods by itself: put a Deployment in its place, or set its image and replace its pods by hand`;
  }
  if (kind === 'Deployment' && at(object, 'spec', 'paused') === true) {
    return `Deployment ${name} is paused, so nothing would roll out: kubectl rollout resume deployment/${name} -n ${namespace}`;
  }
  if (kind === 'Deployment') return null;
  if (stringAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return `StatefulSet ${name} has the update strategy OnDelete, so nothing would roll out by itself: set RollingUpdate, or set its image and delete its pods by hand`;
  }
  const partition = number(at(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')) ?? 0;
  if (partition === 0) return null;
  return `StatefulSet ${name} has the partition ${partition}, so its first pods would keep their image: set it to 0`;
}
