import { at, get, list } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import type { LabelSelector, Reader } from './reader.ts';
import type { Endpoint } from './revisions.ts';
import { publishesUnready, selectorOf } from './selector.ts';

/** Endpoints up to which the pods behind them are peeked at: the cache answers without pages. */
const MOST = 100;

export interface BehindQuery {
  readonly namespace: string;
  readonly services: readonly (JsonObject | null)[];
  /** Their EndpointSlices, as far as these are known. */
  readonly slices: readonly JsonObject[] | null;
}

/**
 * Pods of Services as the API server's cache has them, by Service; none of a Service of which they would not do. Never
 * rejects.
 */
export async function peekBehind(
  reader: Pick<Reader, 'peekPods'>,
  { namespace, services, slices }: BehindQuery,
  signal: AbortSignal,
): Promise<ReadonlyMap<JsonObject, readonly JsonObject[]>> {
  const size = slices?.flatMap((slice) => list(get(slice, 'endpoints'))).length ?? 0;
  if (size === 0 || size > MOST) return new Map();
  const asked = services.flatMap((service) => {
    const selector = selectorOf(service);
    // Where endpoints that are not ready count as ready, the state of the pods decides: it has to be the present one.
    return service === null || selector === null || publishesUnready(service) ? [] : [{ service, selector }];
  });
  if (asked.length === 0) return new Map();
  const selectors = asked.map(({ selector }) => selector);
  const found = await reader.peekPods(namespace, selectors, signal).catch(() => null);
  return new Map(found === null ? [] : asked.map(({ service }, index) => [service, found[index] ?? []]));
}

export interface PodsQuery {
  readonly namespace: string;
  /** The Service's selector. */
  readonly selector: LabelSelector;
  readonly endpoints: readonly Endpoint[];
  /** Pods of the selector that the cache has, where it was asked. */
  readonly seen: readonly JsonObject[] | undefined;
}

/**
 * The pods behind the endpoints of a Service. Those of the cache count where each endpoint has one, with the uid that
 * the endpoint names: what a pod is of never changes. An image edited in place may be missing there for a moment, long
 * before the kubelet runs it.
 */
export async function podsOf(
  reader: Pick<Reader, 'listPods'>,
  { namespace, selector, endpoints, seen }: PodsQuery,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const names = new Set(endpoints.map(({ pod }) => pod));
  const all = seen !== undefined && areAll(seen, endpoints) ? seen : await reader.listPods(namespace, selector, signal);
  return all.filter((pod) => names.has(nameOf(pod)));
}

function areAll(pods: readonly JsonObject[], endpoints: readonly Endpoint[]): boolean {
  const uids = new Map(pods.map((pod) => [nameOf(pod), at(pod, 'metadata', 'uid')]));
  return endpoints.every(({ pod, uid }) => pod === null || (uids.has(pod) && (uid === null || uids.get(pod) === uid)));
}
