import { at, get, list, number, text } from '../../common/json.ts';
import type { ServiceFacts, ServicePort } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { selectorOf } from './selector.ts';

/** A Service as the policy sees it. */
export function serviceFacts(service: JsonObject): ServiceFacts {
  const type = at(service, 'spec', 'type');
  const address = at(service, 'spec', 'clusterIP');
  return {
    ports: list(at(service, 'spec', 'ports')).flatMap(portOf),
    hasSelector: selectorOf(service) !== null,
    external: type === 'ExternalName',
    headless: type !== 'ExternalName' && address === 'None',
    nodePort: type === 'NodePort',
  };
}

function portOf(entry: Json): readonly ServicePort[] {
  const port = number(get(entry, 'port'));
  const appProtocol = text(get(entry, 'appProtocol'));
  if (port === null) return [];
  return [{ name: text(get(entry, 'name')), port, ...(appProtocol === null ? {} : { appProtocol }) }];
}

/**
 * How many addresses Traefik finds behind each port of a Service, by the port's name (loadServers, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes_http.go). Those that terminate are left out: they are gone in a moment.
 */
export function serversOf(slices: readonly JsonObject[]): Readonly<Record<string, number>> {
  const found = new Map<string, Set<string>>();
  for (const slice of slices) {
    const addresses = list(get(slice, 'endpoints')).filter(serves).flatMap(addressesOf);
    for (const name of portNames(slice)) found.set(name, new Set([...(found.get(name) ?? []), ...addresses]));
  }
  return Object.fromEntries([...found].map(([name, addresses]) => [name, addresses.size]));
}

/** A missing `serving` means yes (EndpointSlice API). */
function serves(endpoint: Json): boolean {
  const conditions = get(endpoint, 'conditions');
  return (get(conditions, 'serving') ?? true) === true && get(conditions, 'terminating') !== true;
}

function addressesOf(endpoint: Json): readonly string[] {
  return list(get(endpoint, 'addresses')).filter((address) => typeof address === 'string');
}

function portNames(slice: JsonObject): readonly string[] {
  const ports = list(get(slice, 'ports')).filter((port) => number(get(port, 'port')) !== null);
  return ports.map((port) => text(get(port, 'name')) ?? '');
}
