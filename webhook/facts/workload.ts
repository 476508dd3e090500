import { annotation, at, number, text } from '../../common/json.ts';
import { replicasOf } from '../policy/index.ts';
import type { Workload } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { LabelSelector, Reader } from './reader.ts';
import { ownerOf } from './owners.ts';
import type { Owner } from './owners.ts';
import { imagesOf } from './revisions.ts';

/** What is asked of a cluster to find a workload. */
export type WorkloadReader = Pick<
  Reader,
  'getReplicaSet' | 'getDeployment' | 'getStatefulSet' | 'getDaemonSet' | 'listReplicaSets'
>;

export interface WorkloadQuery {
  readonly namespace: string;
  /** The Service's selector. */
  readonly selector: LabelSelector;
  /** Pods behind the Service; may be none, for a color that is scaled down. */
  readonly pods: readonly JsonObject[];
}

/**
 * The controller of a color's pods: the Deployment, StatefulSet, DaemonSet, or the ReplicaSet that is bare or of another
 * kind's making; null for pods without one. Of several (equal templates have equal hashes) one that is not settled.
 */
export async function readWorkload(
  reader: WorkloadReader,
  query: WorkloadQuery,
  signal: AbortSignal,
): Promise<Workload | null> {
  const { namespace, pods, selector } = query;
  if (pods.length === 0) {
    const sets = await reader.listReplicaSets(namespace, selector, signal);
    return ofReplicaSet(reader, namespace, { set: newest(sets), likely: null }, signal);
  }
  const owners = new Map<string, Owner>();
  for (const owner of pods.map(ownerOf)) if (owner !== null) owners.set(`${owner.kind}/${owner.name}`, owner);
  const found = await Promise.all([...owners.values()].map((owner) => ofOwner(reader, namespace, owner, signal)));
  const workloads = found.filter((workload) => workload !== null);
  return workloads.find(({ unsettled }) => unsettled !== null) ?? workloads[0] ?? null;
}

async function ofOwner(
  reader: WorkloadReader,
  namespace: string,
  { kind, name }: Owner,
  signal: AbortSignal,
): Promise<Workload | null> {
  if (kind === 'StatefulSet') {
    const set = await reader.getStatefulSet(namespace, name, signal);
    return set === null ? null : describe('StatefulSet', set, statefulSetUnsettled(set));
  }
  if (kind === 'DaemonSet') {
    const set = await reader.getDaemonSet(namespace, name, signal);
    return set === null ? null : { ...describe(kind, set, daemonSetUnsettled(set)), replicas: nodesOf(set) };
  }
  if (kind !== 'ReplicaSet') return null;
  // A Deployment names its ReplicaSets by its own name and a hash. Read together, they take one round trip instead of two.
  const guess = name.slice(0, Math.max(0, name.lastIndexOf('-')));
  const [set, likely] = await Promise.all([
    reader.getReplicaSet(namespace, name, signal),
    guess === '' ? null : reader.getDeployment(namespace, guess, signal),
  ]);
  return ofReplicaSet(reader, namespace, { set, likely }, signal);
}

interface ControllerOf {
  readonly set: JsonObject | null;
  /** A Deployment that may own it. */
  readonly likely: JsonObject | null;
}

async function ofReplicaSet(
  reader: WorkloadReader,
  namespace: string,
  { set, likely }: ControllerOf,
  signal: AbortSignal,
): Promise<Workload | null> {
  if (set === null) return null;
  const owner = ownerOf(set);
  if (owner?.kind !== 'Deployment') return describe('ReplicaSet', set, replicaSetUnsettled(set));
  const known = text(at(likely, 'metadata', 'name')) === owner.name;
  const deployment = known ? likely : await reader.getDeployment(namespace, owner.name, signal);
  return deployment === null ? null : describe('Deployment', deployment, deploymentUnsettled(deployment));
}

/** The ReplicaSet of the latest rollout. */
function newest(sets: readonly JsonObject[]): JsonObject | null {
  return sets.toSorted((a, b) => rolloutOf(b) - rolloutOf(a))[0] ?? null;
}

/** The rollout's number, which the Deployment controller writes. */
function rolloutOf(set: JsonObject): number {
  return Number(annotation(set, 'deployment.kubernetes.io/revision') ?? 0);
}

function describe(kind: Workload['kind'], object: JsonObject, unsettled: string | null): Workload {
  return {
    kind,
    name: text(at(object, 'metadata', 'name')) ?? '',
    images: imagesOf(at(object, 'spec', 'template', 'spec')),
    replicas: replicasOf(object),
    unsettled,
  };
}

function status(object: JsonObject, field: string): number {
  return number(at(object, 'status', field)) ?? 0;
}

function unseen(object: JsonObject): string | null {
  const generation = number(at(object, 'metadata', 'generation')) ?? 0;
  return status(object, 'observedGeneration') < generation ? 'has a change that its controller has not seen yet' : null;
}

function rolling(object: JsonObject): string | null {
  const wanted = replicasOf(object);
  const updated = status(object, 'updatedReplicas');
  const present = status(object, 'replicas');
  if (updated === present && present === wanted) return null;
  return `is rolling out (${updated} updated and ${present} present of ${wanted} replicas)`;
}

function deploymentUnsettled(object: JsonObject): string | null {
  return (
    unseen(object) ??
    (at(object, 'spec', 'paused') === true ? 'is paused (see kubectl rollout resume)' : null) ??
    rolling(object)
  );
}

/** Its `currentRevision` says nothing: with the strategy OnDelete it never follows. */
function statefulSetUnsettled(object: JsonObject): string | null {
  return unseen(object) ?? rolling(object);
}

/** Nodes that its pods are to run on. */
function nodesOf(set: JsonObject): number {
  return status(set, 'desiredNumberScheduled');
}

function daemonSetUnsettled(object: JsonObject): string | null {
  const updated = status(object, 'updatedNumberScheduled');
  const rolls = updated === nodesOf(object) && status(object, 'currentNumberScheduled') === nodesOf(object);
  return unseen(object) ?? (rolls ? null : `is rolling out (${updated} of ${nodesOf(object)} pods are updated)`);
}

function replicaSetUnsettled(object: JsonObject): string | null {
  const present = status(object, 'replicas');
  const wanted = replicasOf(object);
  return unseen(object) ?? (present === wanted ? null : `has ${present} of ${wanted} replicas`);
}
