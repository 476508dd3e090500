import { isObject } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { rolledOut } from '../../cluster/kube.ts';
import { ALICE } from './place.ts';

/** Endpoints are kept by hand. */
export const HAND = 'around';
/** Blue and green are Deployments. */
export const PODS = 'around-pods';
export const ROLLING = 'around-rolling';
/** Guarded only later. */
export const FORGED = 'around-forged';
const OFF = 'around-off';

const IMAGE = 'ghcr.io/stefanprodan/podinfo';

export function deployment(name: string, color: string, image: string, replicas = 1): JsonObject {
  const labels = { app: 'podinfo', color, part: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { part: labels.part } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'podinfo',
              image,
              imagePullPolicy: 'IfNotPresent',
              ports: [{ name: 'http', containerPort: 9898 }],
              readinessProbe: {
                httpGet: { path: color === 'crashing' ? '/status/500' : '/readyz', port: 'http' },
                periodSeconds: 1,
              },
            },
          ],
        },
      },
    },
  };
}

const ports = [
  { name: 'http', port: 80, targetPort: 9898 },
  { name: 'other', port: 81, targetPort: 9898 },
];

/** A Service with pods of a color behind it, or with an endpoint that somebody keeps by hand. */
export function service(name: string, color: string | null): readonly JsonObject[] {
  const metadata = { name };
  if (color !== null)
    return [{ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports, selector: { app: 'podinfo', color } } }];
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-by-hand`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: ports.map(({ name: port }) => ({ name: port, port: 9898 })),
      endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    },
  ];
}

/** Puts objects into a namespace. */
export function within(namespace: string, objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.map((object) => ({
    ...object,
    metadata: { ...(isObject(object['metadata']) ? object['metadata'] : {}), namespace },
  }));
}

function namespaceOf(name: string, mode?: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: mode === undefined ? {} : { 'bluegreen.dev/mode': mode } },
  };
}

const rights: readonly JsonObject[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: ALICE },
    rules: [
      {
        apiGroups: ['traefik.io', 'traefik.containo.us'],
        resources: ['*'],
        verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
      },
      {
        apiGroups: ['', 'apps', 'networking.k8s.io', 'discovery.k8s.io'],
        resources: [
          'services',
          'pods',
          'deployments',
          'deployments/scale',
          'replicasets',
          'ingresses',
          'endpointslices',
        ],
        verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: ALICE },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ALICE },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: ALICE }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'administrator' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'admin' }],
  },
];

function colors(namespace: string): readonly JsonObject[] {
  return within(namespace, [
    deployment('blue', 'blue', `${IMAGE}:6.1.5`),
    deployment('green', 'green', `${IMAGE}:6.1.6`),
  ]);
}

/** Namespaces, people and pods that the cases share. */
export async function buildWorld(cluster: Cluster): Promise<void> {
  await cluster.apply([
    ...[HAND, PODS, ROLLING].map((name) => namespaceOf(name)),
    ...[OFF, FORGED].map((name) => namespaceOf(name, 'off')),
    ...rights,
    ...[PODS, ROLLING].flatMap(colors),
    ...within(PODS, [
      deployment('other', 'other', `${IMAGE}:6.1.6`),
      deployment('crashing', 'crashing', `${IMAGE}:6.1.6`),
    ]),
    ...within(
      HAND,
      ['hand-one', 'hand-two'].flatMap((name) => service(name, null)),
    ),
    ...within(
      FORGED,
      ['blue', 'green'].flatMap((name) => service(name, null)),
    ),
    ...within(FORGED, [
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'TraefikService',
        metadata: { name: 'forged', annotations: { 'bluegreen.dev/previous': 'blue' } },
        spec: {
          weighted: {
            services: [
              { name: 'blue', port: 80, weight: 0 },
              { name: 'green', port: 80, weight: 100 },
            ],
          },
        },
      },
    ]),
  ]);
  for (const namespace of [PODS, ROLLING])
    for (const color of ['blue', 'green']) await rolledOut(cluster, namespace, color);
  await rolledOut(cluster, PODS, 'other');
}
