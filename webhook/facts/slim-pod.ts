import { at, get, list } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';

const LABELS = ['pod-template-hash', 'controller-revision-hash'];

/** What facts read of a pod: a tenth of it, so that a color of thousands of pods fits into the memory of a replica. */
export function slimPod(pod: JsonObject): JsonObject {
  const labels = LABELS.flatMap((key) => {
    const value = at(pod, 'metadata', 'labels', key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    metadata: {
      name: at(pod, 'metadata', 'name') ?? null,
      uid: at(pod, 'metadata', 'uid') ?? null,
      labels: Object.fromEntries(labels),
      ownerReferences: only(at(pod, 'metadata', 'ownerReferences'), [
        'controller',
        'apiVersion',
        'kind',
        'name',
        'uid',
      ]),
    },
    spec: {
      containers: only(at(pod, 'spec', 'containers'), ['image', 'ports']),
      initContainers: only(at(pod, 'spec', 'initContainers'), ['image', 'ports']),
    },
    status: {
      conditions: only(at(pod, 'status', 'conditions'), ['type', 'status']),
      containerStatuses: only(at(pod, 'status', 'containerStatuses'), ['imageID']),
      initContainerStatuses: only(at(pod, 'status', 'initContainerStatuses'), ['imageID']),
    },
  };
}

function only(entries: Json | undefined, keys: readonly string[]): Json[] {
  return list(entries).map((entry) => Object.fromEntries(keys.map((key) => [key, get(entry, key) ?? null])));
}
