import { annotation, at, isObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { ownerOf } from './owners.ts';
import type { Reader } from './reader.ts';
import { labelsAt } from './selector.ts';

/**
 * The template that the pods of a Deployment, or of what rolls out by ReplicaSets as it does, were made of: the one of its
 * newest ReplicaSet. A paused one makes none for what is set meanwhile. Null where there is none.
 */
export async function runningTemplate(
  reader: Reader,
  namespace: string,
  workload: JsonObject | null,
  signal: AbortSignal,
): Promise<JsonObject | null> {
  const selector = labelsAt(workload, 'spec', 'selector', 'matchLabels');
  const newest = newestOf(await reader.listReplicaSets(namespace, selector, signal), workload);
  return newest === null ? null : withoutHash(newest);
}

/** The ReplicaSet of a workload's latest rollout. */
function newestOf(sets: readonly JsonObject[], workload: JsonObject | null): JsonObject | null {
  const uid = text(at(workload, 'metadata', 'uid'));
  const name = text(at(workload, 'metadata', 'name'));
  const own = sets.filter((set) => {
    const owner = ownerOf(set);
    return owner !== null && (owner.uid !== null && uid !== null ? owner.uid === uid : owner.name === name);
  });
  return own.toSorted((a, b) => rolloutOf(b) - rolloutOf(a))[0] ?? null;
}

/** The rollout's number, which the controller of Deployments writes, or that of Argo Rollouts. */
function rolloutOf(set: JsonObject): number {
  const written = annotation(set, 'deployment.kubernetes.io/revision');
  return Number(written ?? annotation(set, 'rollout.argoproj.io/revision') ?? 0);
}

/** The template of a ReplicaSet, without the label that its controller adds. */
function withoutHash(set: JsonObject): JsonObject {
  const template = at(set, 'spec', 'template');
  const metadata = at(template, 'metadata');
  const labels = Object.entries(labelsAt(set, 'spec', 'template', 'metadata', 'labels'));
  return {
    ...(isObject(template) ? template : {}),
    metadata: {
      ...(isObject(metadata) ? metadata : {}),
      labels: Object.fromEntries(labels.filter(([key]) => !key.endsWith('pod-template-hash'))),
    },
  };
}
