import { hostname } from 'node:os';
import { certificatesIn } from '../certs/bundle.ts';
import { DOCS_URL } from '../common/docs.ts';
import { parseDuration } from '../common/duration.ts';
import { readerOf } from './environment.ts';
import type { Environment } from './environment.ts';
import { NAMESPACE_MODES, TRAEFIK_DEFAULTS } from './policy/index.ts';
import type { NamespaceMode, TraefikSettings } from './policy/index.ts';

/**
 * What an operator sets, by environment variable:
 *
 * | variable | default | |
 * |---|---|---|
 * | BLUEGREEN_NAMESPACE | required | namespace that the webhook runs in |
 * | BLUEGREEN_SERVICE | bluegreen-webhook | Service that the API server calls |
 * | BLUEGREEN_PORT | 10250 | HTTPS port |
 * | BLUEGREEN_PROBE_PORT | 10261 | HTTP port for the kubelet's probes; 0 for any |
 * | BLUEGREEN_CA_SECRET | bluegreen-webhook-ca | Secret with the CA that the replicas share |
 * | BLUEGREEN_MUTATING_CONFIGURATION | bluegreen | MutatingWebhookConfiguration whose caBundle is kept |
 * | BLUEGREEN_VALIDATING_CONFIGURATION | bluegreen | ValidatingWebhookConfiguration whose caBundle is kept |
 * | BLUEGREEN_CLUSTER_DOMAIN | cluster.local | last part of the Service's names |
 * | BLUEGREEN_CERTIFICATES | self | where the serving certificate comes from: self, cert-manager or existing |
 * | BLUEGREEN_CERTIFICATE_FOLDER | /etc/bluegreen/certificate | where it is mounted, unless it is made here |
 * | BLUEGREEN_CA_BUNDLES | from-secret | who writes the caBundles for a mounted one: from-secret (the webhook, from ca.crt) or given |
 * | BLUEGREEN_TRUST_DELAY | 1m | Go duration; how long every API server is given to see a changed caBundle |
 * | BLUEGREEN_CA_LIFETIME | 87600h | Go duration |
 * | BLUEGREEN_LEAF_LIFETIME | 720h | Go duration; renewed after two thirds of it |
 * | BLUEGREEN_CLIENT_CA | | PEM of the CA of the API server's client certificate; without it none is asked for |
 * | BLUEGREEN_CLIENT_NAMES | | common names that it may have, separated by commas; any without them |
 * | BLUEGREEN_DRAIN_SECONDS | 20 | how long a terminating replica goes on serving |
 * | BLUEGREEN_ALLOW_EMPTY_SERVICES | false | Traefik's own allowEmptyServices |
 * | BLUEGREEN_ALLOW_EXTERNAL_NAME_SERVICES | false | Traefik's own allowExternalNameServices |
 * | BLUEGREEN_ALLOW_CROSS_NAMESPACE | false | Traefik's own allowCrossNamespace |
 * | BLUEGREEN_NATIVE_LB_BY_DEFAULT | false | Traefik's own nativeLBByDefault |
 * | BLUEGREEN_CROSS_PROVIDERS | | other providers of Traefik that entries may name, separated by commas; * for all |
 * | BLUEGREEN_CROSS_PROVIDER_NAMESPACES | | Traefik's own crossProviderNamespaces, separated by commas; all without them |
 * | BLUEGREEN_INGRESS_CLASS | | Traefik's own ingressClass |
 * | BLUEGREEN_LABEL_SELECTOR | | Traefik's own labelSelector |
 * | BLUEGREEN_WATCHED_NAMESPACES | | Traefik's own namespaces, separated by commas; all without them |
 * | BLUEGREEN_REQUIRE_FULL_CAPACITY | false | deny, not only warn, when a color has fewer ready endpoints than the active one |
 * | BLUEGREEN_REQUIRE_PROMOTE_VERB | false | a promotion needs the RBAC verb promote on traefikservices |
 * | BLUEGREEN_MODE | enforce | mode of namespaces without a label of their own: enforce, warn, audit or off |
 * | BLUEGREEN_FILLS_WEIGHTS | false | the API server itself fills in missing weights, by the chart's MutatingAdmissionPolicy |
 * | BLUEGREEN_EXCLUDED_NAMESPACES | | namespaces that are never looked at, separated by commas |
 * | BLUEGREEN_AUDIT_INTERVAL | 5m | Go duration between two audits of what is already there; 0 turns them off |
 * | BLUEGREEN_AUDIT_LEASE | bluegreen-audit | Lease that chooses the replica that audits |
 * | BLUEGREEN_POD | host name | name of the pod, which holds the Lease and signs Events |
 * | BLUEGREEN_EVENTS | true | write Kubernetes Events about TraefikServices |
 * | BLUEGREEN_DOCS_URL | https://bluegreen.dev/docs | where the pages of docs/ are published; denials name them |
 * | BLUEGREEN_LOG_LEVEL | info | error, warn, info or debug |
 */
export interface Config extends TraefikSettings {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly probePort: number;
  readonly caSecret: string;
  readonly mutatingConfiguration: string;
  readonly validatingConfiguration: string;
  readonly clusterDomain: string;
  readonly certificates: CertificateSourceName;
  readonly certificateFolder: string;
  readonly caBundles: CaBundleWriter;
  readonly trustDelayMs: number;
  readonly caLifetimeMs: number;
  readonly leafLifetimeMs: number;
  /** Null when whoever reaches the port may ask. */
  readonly client: ClientCheck | null;
  readonly drainSeconds: number;
  readonly requireFullCapacity: boolean;
  /** Address of the page that describes the checks; denials name it. */
  readonly docsUrl: string;
  readonly requirePromoteVerb: boolean;
  /** Mode of namespaces without a label of their own. */
  readonly mode: NamespaceMode;
  /** Whether the API server itself fills in missing weights. */
  readonly fillsWeights: boolean;
  readonly excludedNamespaces: readonly string[];
  /** 0 for no audits. */
  readonly auditIntervalMs: number;
  readonly auditLease: string;
  readonly pod: string;
  readonly events: boolean;
  readonly logLevel: LogLevel;
}

/** The certificate by which the API server has to show itself. */
export interface ClientCheck {
  /** PEM of the CA that signs it. */
  readonly ca: string;
  /** Common names that it may have; any when there are none. */
  readonly names: readonly string[];
}

const CERTIFICATE_SOURCES = ['self', 'cert-manager', 'existing'] as const;
export type CertificateSourceName = (typeof CERTIFICATE_SOURCES)[number];

const CA_BUNDLE_WRITERS = ['from-secret', 'given'] as const;
export type CaBundleWriter = (typeof CA_BUNDLE_WRITERS)[number];

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All that is wrong with the environment, a line each: the variable, what it is, what it should be. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The configuration in `env`. An empty variable counts as unset. Throws a ConfigError that names every mistake. */
export function readConfig(env: Environment): Config {
  const { given, label, integer, duration, boolean, choice, names, labelSelector, problems } = readerOf(env);
  if (given('BLUEGREEN_NAMESPACE') === undefined) {
    problems.push('BLUEGREEN_NAMESPACE is not set: give it the namespace of the pod (fieldRef: metadata.namespace)');
  }
  const clientCa = given('BLUEGREEN_CLIENT_CA');
  if (clientCa !== undefined && certificatesIn(clientCa).length === 0) {
    problems.push('BLUEGREEN_CLIENT_CA has no readable certificate: it must be PEM');
  }
  const config: Config = {
    namespace: label('BLUEGREEN_NAMESPACE', 'default'),
    service: label('BLUEGREEN_SERVICE', 'bluegreen-webhook'),
    port: integer('BLUEGREEN_PORT', 10250, 1, 65535),
    probePort: integer('BLUEGREEN_PROBE_PORT', 10261, 0, 65535),
    caSecret: label('BLUEGREEN_CA_SECRET', 'bluegreen-webhook-ca'),
    mutatingConfiguration: label('BLUEGREEN_MUTATING_CONFIGURATION', 'bluegreen'),
    validatingConfiguration: label('BLUEGREEN_VALIDATING_CONFIGURATION', 'bluegreen'),
    clusterDomain: label('BLUEGREEN_CLUSTER_DOMAIN', 'cluster.local'),
    certificates: choice('BLUEGREEN_CERTIFICATES', CERTIFICATE_SOURCES, 'self'),
    certificateFolder: given('BLUEGREEN_CERTIFICATE_FOLDER') ?? '/etc/bluegreen/certificate',
    caBundles: choice('BLUEGREEN_CA_BUNDLES', CA_BUNDLE_WRITERS, 'from-secret'),
    trustDelayMs: duration('BLUEGREEN_TRUST_DELAY', '1m', 1000),
    caLifetimeMs: duration('BLUEGREEN_CA_LIFETIME', '87600h', 10_000),
    leafLifetimeMs: duration('BLUEGREEN_LEAF_LIFETIME', '720h', 5000),
    client: clientCa === undefined ? null : { ca: clientCa, names: names('BLUEGREEN_CLIENT_NAMES') },
    drainSeconds: integer('BLUEGREEN_DRAIN_SECONDS', 20, 0, 600),
    allowEmptyServices: boolean('BLUEGREEN_ALLOW_EMPTY_SERVICES', TRAEFIK_DEFAULTS.allowEmptyServices),
    allowExternalNameServices: boolean(
      'BLUEGREEN_ALLOW_EXTERNAL_NAME_SERVICES',
      TRAEFIK_DEFAULTS.allowExternalNameServices,
    ),
    allowCrossNamespace: boolean('BLUEGREEN_ALLOW_CROSS_NAMESPACE', TRAEFIK_DEFAULTS.allowCrossNamespace),
    nativeLBByDefault: boolean('BLUEGREEN_NATIVE_LB_BY_DEFAULT', TRAEFIK_DEFAULTS.nativeLBByDefault),
    crossProviders: names('BLUEGREEN_CROSS_PROVIDERS'),
    crossProviderNamespaces: names('BLUEGREEN_CROSS_PROVIDER_NAMESPACES'),
    ingressClass: given('BLUEGREEN_INGRESS_CLASS') ?? '',
    labelSelector: labelSelector('BLUEGREEN_LABEL_SELECTOR'),
    watchedNamespaces: names('BLUEGREEN_WATCHED_NAMESPACES'),
    requirePromoteVerb: boolean('BLUEGREEN_REQUIRE_PROMOTE_VERB', false),
    docsUrl: (given('BLUEGREEN_DOCS_URL') ?? DOCS_URL).replace(/\/+$/, ''),
    requireFullCapacity: boolean('BLUEGREEN_REQUIRE_FULL_CAPACITY', false),
    mode: choice('BLUEGREEN_MODE', NAMESPACE_MODES, 'enforce'),
    fillsWeights: boolean('BLUEGREEN_FILLS_WEIGHTS', false),
    excludedNamespaces: names('BLUEGREEN_EXCLUDED_NAMESPACES'),
    auditIntervalMs:
      parseDuration(given('BLUEGREEN_AUDIT_INTERVAL') ?? '') === 0
        ? 0
        : duration('BLUEGREEN_AUDIT_INTERVAL', '5m', 1000),
    auditLease: label('BLUEGREEN_AUDIT_LEASE', 'bluegreen-audit'),
    pod: label('BLUEGREEN_POD', hostname().toLowerCase()),
    events: boolean('BLUEGREEN_EVENTS', true),
    logLevel: choice('BLUEGREEN_LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  if (config.probePort === config.port) problems.push('BLUEGREEN_PROBE_PORT is BLUEGREEN_PORT: each needs its own');
  if (config.leafLifetimeMs > config.caLifetimeMs) {
    problems.push('BLUEGREEN_LEAF_LIFETIME is longer than BLUEGREEN_CA_LIFETIME: a leaf cannot outlive its CA');
  }
  if (config.trustDelayMs * 6 > config.caLifetimeMs) {
    problems.push(
      'BLUEGREEN_TRUST_DELAY is longer than a sixth of BLUEGREEN_CA_LIFETIME: a new CA could not take over in the last third of the old one',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
