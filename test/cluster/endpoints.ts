import { at, text } from '../../common/json.ts';
import { objectsAt, objectAt, stringAt } from '../../common/json-paths.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Api } from './node/api.ts';
import { listAt } from './wire.ts';

/**
 * Whether the EndpointSlices of every Service of a namespace that has a selector list its ready pods, and no pod that is
 * not ready. `kubectl rollout status` and `kubectl wait` end a moment earlier, on a busy machine seconds; the webhook and
 * Traefik go by the EndpointSlices.
 */
export async function endpointsFollow(api: Api, namespace: string): Promise<boolean> {
  const [pods, services, slices] = await Promise.all([
    listAt({ api }, `/api/v1/namespaces/${namespace}/pods`),
    listAt({ api }, `/api/v1/namespaces/${namespace}/services`),
    listAt({ api }, `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`),
  ]);
  return services.filter(isFollowed).every((service) => {
    const ready = pods.filter((pod) => isReady(pod) && isSelected(service, pod)).map(nameOf);
    const of = slices.filter((slice) => ownerService(slice) === nameOf(service));
    const listed = new Set(of.flatMap(readyPods));
    return listed.size === ready.length && ready.every((name) => listed.has(name));
  });
}

/** A Service without a selector has hand-made endpoints; one that publishes pods that are not ready lists them as ready. */
function isFollowed(service: JsonObject): boolean {
  const { spec } = service;
  return (
    at(spec, 'selector') !== undefined &&
    at(spec, 'publishNotReadyAddresses') !== true &&
    at(spec, 'type') !== 'ExternalName'
  );
}

function isSelected(service: JsonObject, pod: JsonObject): boolean {
  const wanted = Object.entries(objectAt(service, 'spec', 'selector'));
  return wanted.every(([key, value]) => stringAt(pod, 'metadata', 'labels', key) === text(value));
}

function ownerService(slice: JsonObject): string | undefined {
  return stringAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name');
}

function readyPods(slice: JsonObject): readonly string[] {
  return objectsAt(slice, 'endpoints')
    .filter((endpoint) => at(endpoint, 'conditions', 'ready') === true)
    .flatMap((endpoint) => stringAt(endpoint, 'targetRef', 'name') ?? []);
}
