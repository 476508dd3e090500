// The objects that make up a Traefik installation: names, labels, ports and rights as its Helm chart has them.

import type { Versions } from './versions.ts';

export const OLD_GROUP = 'traefik.containo.us';

/** 2.11 also reads traefik.containo.us. All but 3.7 have to be built first. */
export type TraefikVersion = Versions['traefik'];

export interface TraefikOptions {
  /** That of the run unless told otherwise: 3.7. */
  readonly version?: TraefikVersion;
  readonly replicas?: number;
  /** Left to Traefik unless given: it then takes an empty colour's whole TraefikService out of service. */
  readonly allowEmptyServices?: boolean;
  /** Other names of what Traefik builds, from 3.7.11 on. */
  readonly safeNaming?: boolean;
  /** Such as 0s; Traefik's own default is 2s. */
  readonly providersThrottleDuration?: string;
  /** Prometheus metrics, on unless false. */
  readonly metrics?: boolean;
  /** Traefik's API, on unless false. */
  readonly api?: boolean;
  /** Further flags, in full. */
  readonly flags?: readonly string[];
  /** An image to use instead of building one. */
  readonly image?: string;
}

type Settings = TraefikOptions & {
  readonly image: string;
  readonly namespace: string;
  readonly ports: { readonly web: number; readonly api: number; readonly metrics: number };
};

const READ = ['get', 'list', 'watch'];
const USER = 65_532;
const LABELS = { 'app.kubernetes.io/name': 'traefik', 'app.kubernetes.io/instance': 'traefik-traefik' };

const RULES = [
  { apiGroups: [''], resources: ['nodes', 'services', 'endpoints', 'secrets', 'configmaps'], verbs: READ },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses', 'ingresses'], verbs: READ },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
  { apiGroups: ['traefik.io', OLD_GROUP], resources: ['*'], verbs: READ },
];

function flags(settings: Settings): string[] {
  const { allowEmptyServices, safeNaming, providersThrottleDuration, metrics = true, api = true } = settings;
  return [
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--entrypoints.web.address=:8000/tcp',
    '--entrypoints.traefik.address=:8080/tcp',
    '--ping=true',
    '--providers.kubernetescrd',
    ...(metrics
      ? [
          '--entrypoints.metrics.address=:9100/tcp',
          '--metrics.prometheus=true',
          '--metrics.prometheus.entrypoint=metrics',
        ]
      : []),
    ...(api ? ['--api=true', '--api.insecure=true'] : []),
    ...(allowEmptyServices === undefined ? [] : [`--providers.kubernetescrd.allowemptyservices=${allowEmptyServices}`]),
    ...(safeNaming === true ? ['--providers.kubernetescrd.safenaming=true'] : []),
    ...(providersThrottleDuration === undefined
      ? []
      : [`--providers.providersthrottleduration=${providersThrottleDuration}`]),
    ...(settings.flags ?? []),
  ];
}

const probe = { httpGet: { path: '/ping', port: 'traefik' }, periodSeconds: 1 };

function container(settings: Settings): object {
  return {
    name: 'traefik',
    image: settings.image,
    imagePullPolicy: 'IfNotPresent',
    args: flags(settings),
    ports: [
      { name: 'web', containerPort: 8000 },
      { name: 'traefik', containerPort: 8080 },
      { name: 'metrics', containerPort: 9100 },
    ],
    readinessProbe: probe,
    livenessProbe: { ...probe, periodSeconds: 10 },
    lifecycle: { preStop: { sleep: { seconds: 2 } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

function deployment(settings: Settings): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'traefik', namespace: settings.namespace, labels: LABELS },
    spec: {
      replicas: settings.replicas ?? 1,
      selector: { matchLabels: LABELS },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: 'traefik',
          terminationGracePeriodSeconds: 10,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container(settings)],
        },
      },
    },
  };
}

interface Port {
  readonly name: string;
  readonly port: number;
  readonly nodePort: number;
}

function service(name: string, namespace: string, ports: readonly Port[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: LABELS },
    spec: {
      type: 'NodePort',
      selector: LABELS,
      ports: ports.map((port) => ({ ...port, targetPort: port.name })),
    },
  };
}

/** Everything but the custom resource definitions. */
export function traefikObjects(settings: Settings): object[] {
  const { namespace, ports } = settings;
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'traefik' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'traefik', namespace } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'traefik' }, rules: RULES },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'traefik' },
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: 'traefik', namespace }],
    },
    deployment(settings),
    service('traefik', namespace, [{ name: 'web', port: 80, nodePort: ports.web }]),
    service('traefik-admin', namespace, [
      { name: 'traefik', port: 8080, nodePort: ports.api },
      { name: 'metrics', port: 9100, nodePort: ports.metrics },
    ]),
  ];
}
