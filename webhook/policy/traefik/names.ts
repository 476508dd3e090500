/**
 * The keys under which Traefik's Kubernetes provider stores what it builds. Two objects with one key are one object for
 * Traefik: the one that is built later takes the place of the other. Keys are without `@kubernetescrd`.
 */

/** Traefik's provider of these objects, as it stands behind the `@` of a name. */
export const PROVIDER = 'kubernetescrd';

/**
 * A name as Traefik flattens it: every run of characters that are neither letters nor digits is one dash (Normalize,
 * traefik/traefik pkg/provider/configuration.go), so that `x.y` and `x-y` are the same.
 */
export function normalize(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .join('-');
}

/** The key of a TraefikService, Middleware or ServersTransport (makeID, pkg/provider/kubernetes/crd/kubernetes.go). */
export function objectKey(namespace: string, name: string): string {
  return normalize(`${namespace}-${name}`);
}

/** The key of the load balancer that an entry of kind Service becomes (fullServiceName, kubernetes_http.go). */
export function childKey(namespace: string, name: string, port: number | string): string {
  return normalize(`${namespace}-${name}-${port}`);
}

/** A name and the provider behind its last `@`; null where it has none (splitSvcNameProvider, kubernetes_http.go). */
export function splitProvider(name: string): { readonly name: string; readonly provider: string | null } {
  const at = name.lastIndexOf('@');
  return at === -1 ? { name, provider: null } : { name: name.slice(0, at), provider: name.slice(at + 1) };
}

/** Joins the parts of a name under `safeNaming` (Traefik 3.7.11, name_builder.go): no name in Kubernetes contains it. */
const SAFE_SEPARATOR = '_';

/** The key of a TraefikService where Traefik runs with `safeNaming`. */
export function safeObjectKey(namespace: string, name: string): string {
  return [namespace, name].join(SAFE_SEPARATOR);
}

/** A load balancer that Traefik builds of an entry of a TraefikService where it runs with `safeNaming`. */
export interface SafeChild {
  /** The key of the TraefikService that holds the entry. */
  readonly parent: string;
  /** Namespace and name of the Service, as a key. */
  readonly service: string;
}

/**
 * Reads a key such as `shop_front_wrr_1_shop_green_80`: parent, role, position (none for a mirror's main Service and for
 * failover), Service, port (buildServicesLB and its like, kubernetes_http.go). Null for every other key.
 */
export function safeChildIn(key: string): SafeChild | null {
  const parts = key.split(SAFE_SEPARATOR);
  const [namespace = '', name = '', role] = parts;
  if (role === undefined || parts.length < 6 || parts.length > 7) return null;
  return {
    parent: safeObjectKey(namespace, name),
    service: safeObjectKey(parts.at(-3) ?? '', parts.at(-2) ?? ''),
  };
}

/** The name of the object that a reference names: `green` of `green@kubernetescrd`. Other providers stay. */
export function withoutOwnProvider(name: string): string {
  const split = splitProvider(name);
  return split.provider === PROVIDER ? split.name : name;
}

/**
 * The Service whose port the name of a TraefikService can be the key of: `shop-green` of `shop-green-80`. A name says too
 * little to be sure, so only a color counts of these.
 */
export function portOwner(name: string): string | null {
  const last = name.lastIndexOf('-');
  return last > 0 ? name.slice(0, last) : null;
}

/** The same by the word of a color, for ports whose names have a dash: `shop-green` of `shop-green-http-web`. */
export function colorOwner(name: string): string | null {
  return /^.*-(?:blue|green)-/s.exec(name)?.[0].slice(0, -1) ?? null;
}
