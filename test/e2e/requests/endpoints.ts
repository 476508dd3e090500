import { at, sameJson } from '../../../common/json.ts';
import { objectsAt, stringAt } from '../../../common/json-paths.ts';
import { isReady, nameOf } from '../../../common/objects.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Client } from '../api.ts';

/**
 * Whether the EndpointSlices of the Services blue and green list exactly the pods of these colors that are ready:
 * `kubectl rollout status` ends a moment earlier.
 */
export async function endpointsFollowed(client: Client, namespace: string): Promise<boolean> {
  const [pods, slices] = await Promise.all([
    client.call('GET', `/api/v1/namespaces/${namespace}/pods`),
    client.call('GET', `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`),
  ]);
  const ready = objectsAt(pods.body, 'items').filter(isReady).map(podOfColor);
  const listed = objectsAt(slices.body, 'items').flatMap(readyPods);
  return sameJson(ready.toSorted(), listed.toSorted());
}

function podOfColor(pod: JsonObject): string {
  return `${stringAt(pod, 'metadata', 'labels', 'color') ?? ''} ${nameOf(pod)}`;
}

function readyPods(slice: JsonObject): readonly string[] {
  const service = stringAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name') ?? '';
  if (service !== 'blue' && service !== 'green') return [];
  return objectsAt(slice, 'endpoints')
    .filter((endpoint) => at(endpoint, 'conditions', 'ready') === true)
    .flatMap((endpoint) => stringAt(endpoint, 'targetRef', 'name') ?? [])
    .map((pod) => `${service} ${pod}`);
}
