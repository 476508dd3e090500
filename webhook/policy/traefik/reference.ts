import { get, number, text } from '../../../common/json.ts';
import type { Json } from '../../../common/json.ts';
import { childKey, objectKey, PROVIDER, splitProvider } from './names.ts';

/** An entry that names a backend, in a TraefikService or an IngressRoute, as it is written. */
export interface Reference {
  /** `Service` where the entry leaves it out. */
  readonly kind: string;
  /** With its `@provider`, if it has one. */
  readonly name: string;
  /** Null when the entry leaves it out or empty: the namespace of the object that holds it. */
  readonly namespace: string | null;
  /** Null when the entry leaves it out, and for 0 and '', which Traefik takes for that. */
  readonly port: number | string | null;
}

/** What Traefik makes of a reference. */
export type Target =
  /** A Service of the cluster, and the key under which Traefik stores what it builds of it. */
  | {
      readonly kind: 'Service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number | string | null;
      readonly key: string;
    }
  /** Whatever is stored under a key: a TraefikService, or the load balancer of another object's entry. */
  | { readonly kind: 'TraefikService'; readonly namespace: string; readonly name: string; readonly key: string }
  /** Something of another provider, such as `name@file`, of which the cluster knows nothing. */
  | { readonly kind: 'provider'; readonly name: string; readonly provider: string }
  /** A kind that Traefik does not know: it drops the whole object. */
  | { readonly kind: 'unknown'; readonly written: string };

/** Reads an entry. What is no object, or has no name, is an entry with an empty name. */
export function referenceOf(entry: Json | undefined): Reference {
  const port = get(entry, 'port');
  return {
    kind: text(get(entry, 'kind')) || 'Service',
    name: text(get(entry, 'name')) ?? '',
    namespace: text(get(entry, 'namespace')) || null,
    port: text(port) || number(port) || null,
  };
}

/**
 * What Traefik makes of a reference in an object of namespace `parent` (nameAndService and fullServiceName,
 * traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go). Whether that exists, and whether Traefik's settings
 * allow it, is another matter. Up to 3.7.8 `@kubernetescrd` is cut off the name of a Service; newer versions deny it,
 * so that no entry with it works there.
 */
export function resolve({ kind, name, namespace, port }: Reference, parent: string): Target {
  const where = namespace ?? parent;
  const split = splitProvider(name);
  const own = split.provider === PROVIDER;
  if (kind === 'Service')
    return { kind, namespace: where, name: own ? split.name : name, port, key: childKey(where, name, port ?? '') };
  if (kind !== 'TraefikService') return { kind: 'unknown', written: kind };
  if (split.provider !== null && !own) return { kind: 'provider', name: split.name, provider: split.provider };
  return { kind, namespace: where, name: split.name, key: objectKey(where, split.name) };
}
