import { FORBIDDEN, NOT_FOUND } from '../../common/http-status.ts';
import { hasStatus, unlessStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { ColorFacts } from '../../webhook/policy/index.ts';
import { annotation, at, number } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import { nameOf } from '../../common/objects.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf, dryRunSuffix } from '../cli/dry-run.ts';
import type { Session } from '../cli/session.ts';
import { replicasLike } from './scale.ts';

/** What decides on the number of replicas of a workload: a HorizontalPodAutoscaler, or a ScaledObject of KEDA. */
export interface Autoscaler {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly namespace: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** KEDA keeps its workload at this number; null while it scales. */
  readonly pausedAt: number | null;
}

/** The kinds, the one that counts first: KEDA makes a HorizontalPodAutoscaler of its own, and resets it. */
const KINDS = {
  ScaledObject: {
    apiVersion: 'keda.sh/v1alpha1',
    plural: 'scaledobjects',
    min: 'minReplicaCount',
    max: 'maxReplicaCount',
    // KEDA's own defaults.
    defaults: { min: 0, max: 100 },
  },
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    plural: 'horizontalpodautoscalers',
    min: 'minReplicas',
    max: 'maxReplicas',
    defaults: { min: 1, max: 1 },
  },
} as const;

const PAUSED = 'autoscaling.keda.sh/paused-replicas';

interface Target {
  readonly kind: string;
  readonly name: string;
}

/** The autoscaler of a workload; null without one. One that may not be read counts as none. */
export async function autoscalerOf(
  { client }: Session,
  namespace: string,
  workload: Target,
  signal: AbortSignal,
): Promise<Autoscaler | null> {
  for (const kind of ['ScaledObject', 'HorizontalPodAutoscaler'] as const) {
    const { apiVersion, plural } = KINDS[kind];
    const path = resourcePath(apiVersion, plural, { namespace });
    const items = await unlessStatus([NOT_FOUND, FORBIDDEN], [], client.list(path, { signal }));
    const found = items.find((item) => scales(item, workload));
    if (found !== undefined) return read(found, kind, namespace);
  }
  return null;
}

function scales(item: JsonObject, { kind, name }: Target): boolean {
  const of = stringAt(item, 'spec', 'scaleTargetRef', 'kind') ?? 'Deployment';
  return of === kind && stringAt(item, 'spec', 'scaleTargetRef', 'name') === name;
}

function read(item: JsonObject, kind: Autoscaler['kind'], namespace: string): Autoscaler {
  const { min, max, defaults } = KINDS[kind];
  const paused = annotation(item, PAUSED);
  return {
    kind,
    namespace,
    name: nameOf(item),
    min: number(at(item, 'spec', min)) ?? defaults.min,
    max: number(at(item, 'spec', max)) ?? defaults.max,
    pausedAt: kind === 'ScaledObject' && paused !== null ? Number(paused) : null,
  };
}

/** `horizontalpodautoscaler.autoscaling/shop`: how messages name one. */
export function autoscalerName({ kind, name }: Autoscaler): string {
  const [group = ''] = KINDS[kind].apiVersion.split('/');
  return `${kind.toLowerCase()}.${group}/${name}`;
}

/** Another minimum for an autoscaler; null where it has enough. */
export interface Raise {
  readonly autoscaler: Autoscaler;
  readonly min: number;
  readonly max: number;
  /** Whether KEDA is to scale again what was put to rest. */
  readonly resumes: boolean;
}

/** What an autoscaler lacks to keep at least so many replicas; null where it lacks nothing, and without one. */
export function raiseOf(autoscaler: Autoscaler | null, floor: number): Raise | null {
  if (autoscaler === null) return null;
  const min = Math.max(autoscaler.min, floor);
  const max = Math.max(autoscaler.max, min);
  const resumes = autoscaler.pausedAt === 0;
  return min === autoscaler.min && max === autoscaler.max && !resumes ? null : { autoscaler, min, max, resumes };
}

/** How many replicas a preview needs at least, and what its autoscaler lacks for that. */
export interface Scaling {
  readonly floor: number;
  readonly raise: Raise | null;
}

/**
 * What a preview needs to take over from the active color: as many replicas. An autoscaler decides on the number itself,
 * between its limits: it gets the minimum that the active color has, and its workload no more than that, which it would
 * only scale down again.
 */
export async function scalingOf(
  session: Session,
  namespace: string,
  { workload, active }: { readonly workload: Target; readonly active: ColorFacts },
  signal: AbortSignal,
): Promise<Scaling> {
  const own = await autoscalerOf(session, namespace, workload, signal);
  if (own === null) return { floor: replicasLike(active), raise: null };
  const other = active.workload === null ? null : await autoscalerOf(session, namespace, active.workload, signal);
  const floor = Math.max(1, own.min, other?.min ?? replicasLike(active));
  return { floor, raise: raiseOf(own, floor) };
}

/** Writes it, and says so. Without the right to do that, it is a warning: the replicas themselves may be enough. */
export async function sendRaise(call: Call, session: Session, { autoscaler, min, max, resumes }: Raise): Promise<void> {
  const { kind, min: before } = autoscaler;
  const fields = KINDS[kind];
  const spec = {
    ...(min === before ? {} : { [fields.min]: min }),
    ...(max === autoscaler.max ? {} : { [fields.max]: max }),
  };
  const body = {
    ...(Object.keys(spec).length === 0 ? {} : { spec }),
    ...(resumes ? { metadata: { annotations: { [PAUSED]: null } } } : {}),
  };
  try {
    await patch(call, session, autoscaler, body);
  } catch (error) {
    if (!hasStatus(error, FORBIDDEN)) throw error;
    session.warn(`${autoscalerName(autoscaler)} keeps its minimum of ${before} replicas: ${error.message}`);
    return;
  }
  const what = [
    ...(min === before ? [] : [`at least ${min} replicas instead of ${before}`]),
    ...(resumes ? ['to scale again'] : []),
  ].join(', and ');
  call.io.err.write(`${autoscalerName(autoscaler)} gets ${what}${dryRunSuffix(dryRunOf(call))}\n`);
}

/** Keeps KEDA from scaling up what is scaled to zero. The autoscaler of Kubernetes leaves zero replicas alone. */
export async function putToRest(call: Call, session: Session, autoscaler: Autoscaler | null): Promise<void> {
  if (autoscaler === null || autoscaler.kind !== 'ScaledObject' || autoscaler.pausedAt === 0) return;
  await patch(call, session, autoscaler, { metadata: { annotations: { [PAUSED]: '0' } } });
  call.io.err.write(`${autoscalerName(autoscaler)} is paused at 0 replicas\n`);
}

async function patch(call: Call, { client }: Session, autoscaler: Autoscaler, body: JsonObject): Promise<void> {
  const dryRun = dryRunOf(call);
  if (dryRun === 'client') return;
  const { kind, namespace, name } = autoscaler;
  const { apiVersion, plural } = KINDS[kind];
  const query = { fieldManager: call.flags.text('field-manager'), dryRun: dryRun === 'server' ? 'All' : undefined };
  const path = resourcePath(apiVersion, plural, { namespace, name });
  await client.patch(path, 'merge', body, { query, signal: call.io.interrupted });
}
