import type { ServicePort } from '../types.ts';
import type { Reference } from './reference.ts';

/** How Traefik speaks to the pods of a Service. */
export type Protocol = 'http' | 'https' | 'h2c';

export const PROTOCOLS: readonly Protocol[] = ['http', 'https', 'h2c'];

/**
 * The port of a Service that an entry means, null where Traefik finds none: the first one of that number or that name,
 * whatever its protocol is; an ExternalName Service has every number (getServicePort, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes.go). By its name Traefik then finds the port in the EndpointSlices.
 */
export function servicePort<Port extends Pick<ServicePort, 'name' | 'port'>>(
  { ports, external }: { readonly ports: readonly Port[]; readonly external: boolean },
  wanted: Reference['port'],
): Port | { readonly name: null; readonly port: number } | null {
  if (wanted === null) return null;
  const found = ports.find(({ name, port }) => (typeof wanted === 'number' ? port : name) === wanted);
  if (found !== undefined) return found;
  return external && typeof wanted === 'number' ? { name: null, port: wanted } : null;
}

/** By what Traefik speaks to a port; null for a scheme that it does not know (parseServiceProtocol, kubernetes_http.go). */
export function protocolOf(scheme: string, { name, port }: Pick<ServicePort, 'name' | 'port'>): Protocol | null {
  if (scheme !== '') return PROTOCOLS.find((known) => known === scheme) ?? null;
  return port === 443 || name?.startsWith('https') === true ? 'https' : 'http';
}

/** Whether a port tells by its `appProtocol`, its name or its number that no such protocol is spoken there. */
export function contradicts(protocol: Protocol, port: ServicePort): boolean {
  if (protocol === 'h2c' && isHttp1(port)) return true;
  const spoken = spokenAt(port);
  return spoken !== null && (spoken === 'tls') !== (protocol === 'https');
}

/** Whether a port says http by its `appProtocol`, or else by its name: not every server of it speaks HTTP/2 in plain. */
function isHttp1({ name, appProtocol }: ServicePort): boolean {
  const word = appProtocol ?? name ?? '';
  return word === 'http' || /^http[^s]/.test(word);
}

function spokenAt({ name, port, appProtocol }: ServicePort): 'plain' | 'tls' | null {
  for (const word of [appProtocol, name]) {
    if (word?.startsWith('https') === true) return 'tls';
    if (word?.startsWith('http') === true || word === 'kubernetes.io/h2c') return 'plain';
  }
  if (port === 443) return 'tls';
  return port === 80 ? 'plain' : null;
}
