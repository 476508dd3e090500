/** Settings of Traefik's Kubernetes provider that decide what it can build, by their own names (chart values). */
export interface TraefikSettings {
  /** False: a color without endpoints takes the whole site down, even at weight 0. */
  readonly allowEmptyServices: boolean;
  /** False: a Service of type ExternalName does. */
  readonly allowExternalNameServices: boolean;
  /** False: so does a reference to another namespace. */
  readonly allowCrossNamespace: boolean;
  /** True: Traefik sends requests to the cluster IP of a Service unless its entry says otherwise. */
  readonly nativeLBByDefault: boolean;
  /**
   * Other providers of Traefik, such as `file`, whose ServersTransports and Middlewares are known to exist: the cluster
   * does not tell. `*` for all.
   */
  readonly crossProviders: readonly string[];
  /** Namespaces whose objects may name what other providers have (Traefik 3.7); empty for all. */
  readonly crossProviderNamespaces: readonly string[];
  /** Class of the IngressRoutes that Traefik reads; empty where it is not set, and where several Traefiks read some. */
  readonly ingressClass: string;
  /** Labels of Traefik's objects that it reads, as `kubectl -l` has them; empty for all. */
  readonly labelSelector: string;
  /** Namespaces that it reads (`namespaces`); empty for all. */
  readonly watchedNamespaces: readonly string[];
}

/** The defaults of Traefik itself. */
export const TRAEFIK_DEFAULTS: TraefikSettings = {
  allowEmptyServices: false,
  allowExternalNameServices: false,
  allowCrossNamespace: false,
  nativeLBByDefault: false,
  crossProviders: [],
  crossProviderNamespaces: [],
  ingressClass: '',
  labelSelector: '',
  watchedNamespaces: [],
};

/** Settings with which Traefik builds as much as it can, for those who do not know how it is set. */
export const TRAEFIK_LENIENT: TraefikSettings = {
  allowEmptyServices: true,
  allowExternalNameServices: true,
  allowCrossNamespace: true,
  nativeLBByDefault: false,
  crossProviders: ['*'],
  crossProviderNamespaces: [],
  ingressClass: '',
  labelSelector: '',
  watchedNamespaces: [],
};

/** Whether Traefik follows a reference to another namespace. */
export function crosses(
  { allowCrossNamespace, watchedNamespaces }: Pick<TraefikSettings, 'allowCrossNamespace' | 'watchedNamespaces'>,
  namespace: string | null,
): boolean {
  const watched = watchedNamespaces.length === 0 || namespace === null || watchedNamespaces.includes(namespace);
  return allowCrossNamespace && watched;
}

/** Whether an object of a namespace may name what another provider has (isCrossProviderNamespaceAllowed, kubernetes.go). */
export function mayNameProviders(
  { crossProviderNamespaces }: Pick<TraefikSettings, 'crossProviderNamespaces'>,
  namespace: string,
): boolean {
  return crossProviderNamespaces.length === 0 || crossProviderNamespaces.includes(namespace);
}
