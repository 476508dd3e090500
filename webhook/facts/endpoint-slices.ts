import { nameOf } from '../../common/objects.ts';
import { at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Reader } from './reader.ts';

/** EndpointSlices that are read one by one; of more, a list costs less. */
const MOST = 8;

export interface SlicesQuery {
  readonly namespace: string;
  /** Names of Services. */
  readonly services: readonly string[];
}

/** EndpointSlices of Services as the API server's cache has them; null where it cannot tell. Never rejects. */
export function peekSlices(
  reader: Pick<Reader, 'peekEndpointSlices'>,
  { namespace, services }: SlicesQuery,
  signal: AbortSignal,
): Promise<readonly JsonObject[] | null> {
  return reader.peekEndpointSlices(namespace, services, signal).catch(() => null);
}

/**
 * EndpointSlices of Services as they are stored now, given those that the cache has. They are read by their names, which
 * unlike a list never waits for the cache to catch up. They are listed where that cannot be all: a Service has none in the
 * cache, one is gone or belongs to another Service by now, one may not be read, or there are many.
 */
export async function freshSlices(
  reader: Pick<Reader, 'getEndpointSlice' | 'listEndpointSlices'>,
  { namespace, services }: SlicesQuery,
  seen: readonly JsonObject[] | null,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const known = new Set(seen?.map(serviceOf));
  if (seen !== null && seen.length <= MOST && services.every((service) => known.has(service))) {
    const read = seen.map((slice) => reader.getEndpointSlice(namespace, nameOf(slice), signal).catch(() => null));
    const found = (await Promise.all(read)).filter((slice, index) => serviceOf(slice) === serviceOf(seen[index]));
    const fresh = found.filter((slice) => slice !== null);
    if (fresh.length === seen.length) return fresh;
  }
  const lists = await Promise.all(services.map((service) => reader.listEndpointSlices(namespace, service, signal)));
  return lists.flat();
}

/** EndpointSlices of one Service as they are stored now. */
export async function readSlices(
  reader: Pick<Reader, 'peekEndpointSlices' | 'getEndpointSlice' | 'listEndpointSlices'>,
  namespace: string,
  service: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const query = { namespace, services: [service] };
  return freshSlices(reader, query, await peekSlices(reader, query, signal), signal);
}

/** The Service that an EndpointSlice belongs to. */
export function serviceOf(slice: JsonObject | null | undefined): string | null {
  const service = at(slice, 'metadata', 'labels', 'kubernetes.io/service-name');
  return typeof service === 'string' ? service : null;
}
