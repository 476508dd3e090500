import { at, text } from '../../common/json.ts';
import { objectsAt, objectAt, parseJson, stringAt } from '../../common/json-paths.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import type { JsonObject } from '../../common/json.ts';
import { get } from './node/api.ts';
import type { Api } from './node/api.ts';

/**
 * Whether the EndpointSlices of every Service of a namespace that has a selector list its ready pods, and no pod that is
 * not ready. `kubectl rollout status` and `kubectl wait` end a moment earlier, on a busy machine seconds; the webhook and
 * Traefik go by the EndpointSlices.
 */
export async function endpointsFollow(api: Api, namespace: string): Promise<boolean> {
  const [pods, services, slices] = await Promise.all([
    items(api, `/api/v1/namespaces/${namespace}/pods`),
    items(api, `/api/v1/namespaces/${namespace}/services`),
    items(api, `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`),
  ]);
  return services.filter(isFollowed).every((service) => {
    const ready = pods.filter((pod) => isReady(pod) && isSelected(service, pod)).map(nameOf);
    const of = slices.filter((slice) => ownerService(slice) === nameOf(service));
    const listed = new Set(of.flatMap(readyPods));
    return listed.size === ready.length && ready.every((name) => listed.has(name));
  });
}

async function items(api: Api, path: string): Promise<readonly JsonObject[]> {
  const { status, body } = await get(api, path);
  return status === 200 ? objectsAt(parseJson(body), 'items') : [];
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
