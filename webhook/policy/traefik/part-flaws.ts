import { at, get, list, text, texts } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Flaw } from './flaw.ts';
import { middlewareFlaw } from './middlewares.ts';
import type { PartKind } from './parts.ts';
import { serversTransportFlaw } from './server-transports.ts';
import { tlsOptionFlaw, VERIFYING } from './tls-options.ts';

/** What an object says by itself that keeps every request from what names it; null where there is nothing. */
export function flawOf(part: PartKind, object: JsonObject | null): Flaw | null {
  if (part === 'Middleware') return middlewareFlaw(object);
  return part === 'TLSOption' ? tlsOptionFlaw(object) : serversTransportFlaw(object);
}

/** Something of the namespace that Traefik cannot build an object without. */
export interface Required {
  readonly kind: 'Secret' | 'Service' | 'Middleware';
  readonly name: string;
}

/**
 * What an object needs to exist. Of the Secrets of `clientAuth` one is enough: Traefik leaves those out that are missing
 * (buildTLSOptions, traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go). A ServersTransport needs nothing.
 */
export function requiredBy(part: PartKind, object: JsonObject | null): readonly Required[] {
  const spec = at(object, 'spec');
  if (part === 'TLSOption')
    return VERIFYING.has(text(at(spec, 'clientAuth', 'clientAuthType')) ?? '')
      ? secrets(texts(at(spec, 'clientAuth', 'secretNames')).slice(0, 1))
      : [];
  if (part === 'ServersTransport') return [];
  const named = SECRETS.map((path) => path.reduce<Json | undefined>(get, spec))
    .map((name) => text(name) ?? '')
    .filter((name) => name !== '');
  const page = text(at(spec, 'errors', 'service', 'name')) ?? '';
  const chained = list(at(spec, 'chain', 'middlewares'))
    .filter((each) => !text(at(each, 'namespace')))
    .map((each) => text(at(each, 'name')) ?? '');
  return [
    ...secrets(named),
    ...(page === '' || page.includes('@') ? [] : [{ kind: 'Service', name: page } as const]),
    ...chained.filter((name) => !name.includes('@')).map((name) => ({ kind: 'Middleware', name }) as const),
  ];
}

function secrets(names: readonly string[]): readonly Required[] {
  return names.map((name) => ({ kind: 'Secret', name }));
}

/** Fields of a Middleware that name a Secret. */
const SECRETS: readonly (readonly string[])[] = [
  ['basicAuth', 'secret'],
  ['digestAuth', 'secret'],
  ['forwardAuth', 'tls', 'caSecret'],
  ['forwardAuth', 'tls', 'certSecret'],
  ['rateLimit', 'redis', 'secret'],
  ['rateLimit', 'redis', 'tls', 'caSecret'],
  ['rateLimit', 'redis', 'tls', 'certSecret'],
];
