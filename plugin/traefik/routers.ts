import { list, isObject, texts } from '../../common/json.ts';
import { parseJson, stringAt } from '../../common/json-paths.ts';
import type { Client } from '../kube/client.ts';
import { proxyPath } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** A router that Traefik could not build: it answers 404 to every request. */
export interface BrokenRouter {
  /** The name of the service it leads to; the provider may follow it. */
  readonly service: string;
  /** Traefik's own words. */
  readonly error: string;
}

const PATH = '/api/http/routers?status=disabled&per_page=10000';

/** The routers that a replica could not build, by its API; null where that cannot be read. */
export async function readBrokenRouters(
  client: Pick<Client, 'lines'>,
  replica: Replica,
  signal: AbortSignal,
): Promise<readonly BrokenRouter[] | null> {
  if (replica.apiPort === null) return null;
  try {
    let body = '';
    for await (const line of client.lines(proxyPath(replica, replica.apiPort, PATH), { signal })) body += line;
    const routers = parseJson(body);
    if (!Array.isArray(routers)) return null;
    return list(routers)
      .filter(isObject)
      .map((router) => ({
        service: stringAt(router, 'service') ?? '',
        error: texts(router['error']).join('; '),
      }));
  } catch {
    return null;
  }
}
