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
}

/** The defaults of Traefik itself. */
export const TRAEFIK_DEFAULTS: TraefikSettings = {
  allowEmptyServices: false,
  allowExternalNameServices: false,
  allowCrossNamespace: false,
  nativeLBByDefault: false,
  crossProviders: [],
};

/** Settings with which Traefik builds as much as it can, for those who do not know how it is set. */
export const TRAEFIK_LENIENT: TraefikSettings = {
  allowEmptyServices: true,
  allowExternalNameServices: true,
  allowCrossNamespace: true,
  nativeLBByDefault: false,
  crossProviders: ['*'],
};
