import type { Json } from '../../../common/json.ts';
import type { ColorFacts } from '../types.ts';
import { servicePort } from './ports.ts';
import { referenceOf } from './reference.ts';

/**
 * The port of an entry, where pods are ready and none of them has it: Traefik finds pods by the name of the port in the
 * EndpointSlices (loadServers, traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go). Null where one does.
 */
export function closedPort({ service, servers, readyEndpoints }: ColorFacts, entry: Json): number | string | null {
  if (service === null || service.external || readyEndpoints === 0) return null;
  const { port } = referenceOf(entry);
  const found = servicePort(service, port);
  return found === null || (servers[found.name ?? ''] ?? 0) > 0 ? null : port;
}
