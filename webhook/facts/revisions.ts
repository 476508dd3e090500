import { at, get, list, text } from '../../common/json.ts';
import { ownerOf } from './owners.ts';
import type { Revision } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/** An endpoint of a Service, as far as the policy cares. */
export interface Endpoint {
  /** Null for an endpoint that is no pod. */
  readonly pod: string | null;
  /** Of that pod; null where the endpoint does not tell. */
  readonly uid: string | null;
  readonly ready: boolean;
}

/** Endpoints that are not terminating. A missing `ready` means yes (EndpointSlice API). */
export function endpointsOf(slices: readonly JsonObject[]): readonly Endpoint[] {
  const endpoints = slices.flatMap((slice) => list(get(slice, 'endpoints')));
  return endpoints
    .filter((endpoint) => at(endpoint, 'conditions', 'terminating') !== true)
    .map((endpoint) => ({
      pod: at(endpoint, 'targetRef', 'kind') === 'Pod' ? text(at(endpoint, 'targetRef', 'name')) : null,
      uid: text(at(endpoint, 'targetRef', 'uid')),
      ready: at(endpoint, 'conditions', 'ready') !== false,
    }));
}

/** The distinct revisions of pods: the same hash with other images counts as another one. */
export function revisionsOf(pods: readonly JsonObject[]): readonly Revision[] {
  const revisions = new Map<string, Revision>();
  for (const pod of pods) {
    const name = revisionName(pod);
    const images = imagesOf(get(pod, 'spec'));
    const key = [name, ...images].join('\n');
    const imageIDs = [...(revisions.get(key)?.imageIDs ?? []), ...imageIDsOf(pod)];
    revisions.set(key, { name, images, imageIDs: sorted(imageIDs) });
  }
  return [...revisions.values()];
}

/** The hash label that the pod's controller sets; a bare ReplicaSet's pods have none and take its name. */
function revisionName(pod: JsonObject): string {
  const labels = at(pod, 'metadata', 'labels');
  return (
    text(get(labels, 'pod-template-hash')) ??
    text(get(labels, 'controller-revision-hash')) ??
    ownerOf(pod)?.name ??
    'unmanaged'
  );
}

/** Images of a pod spec: containers and init containers, sorted, each once. */
export function imagesOf(spec: Json | undefined): readonly string[] {
  const containers = [...list(get(spec, 'containers')), ...list(get(spec, 'initContainers'))];
  return sorted(containers.map((container) => text(get(container, 'image'))));
}

function imageIDsOf(pod: JsonObject): readonly string[] {
  const status = get(pod, 'status');
  const containers = [...list(get(status, 'containerStatuses')), ...list(get(status, 'initContainerStatuses'))];
  return sorted(containers.map((container) => text(get(container, 'imageID'))));
}

function sorted(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null && value !== ''))]
    .filter((value) => value !== null)
    .sort();
}
