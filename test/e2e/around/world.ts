import { isObject } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { rolledOut } from '../../cluster/kube.ts';
import * as manifests from '../../objects.ts';
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
  const ready = color === 'crashing' ? '/status/500' : '/readyz';
  return manifests.podinfo({ name }, { labels, matchLabels: { part: name }, image, replicas, ready });
}

const ports = [
  { name: 'http', port: 80, targetPort: 9898 },
  { name: 'other', port: 81, targetPort: 9898 },
];

/** A Service with pods of a color behind it, or with an endpoint that somebody keeps by hand. */
export function service(name: string, color: string | null): readonly JsonObject[] {
  if (color !== null) return [manifests.service({ name }, { app: 'podinfo', color }, ports)];
  const behind = ports.map(({ name: port }) => ({ name: port, port: 9898 }));
  return [
    manifests.service({ name }, null, ports),
    manifests.endpointSlice({ name: `${name}-by-hand` }, name, '192.0.2.1', behind),
  ];
}

/** Puts objects into a namespace. */
export function within(namespace: string, objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.map((object) => ({
    ...object,
    metadata: { ...(isObject(object['metadata']) ? object['metadata'] : {}), namespace },
  }));
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
    ...[HAND, PODS, ROLLING].map((name) => manifests.namespaceObject(name)),
    ...[OFF, FORGED].map((name) => manifests.namespaceObject(name, 'off')),
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
      manifests.traefikService(
        { name: 'forged', annotations: { 'bluegreen.dev/previous': 'blue' } },
        manifests.allTo('green'),
      ),
    ]),
  ]);
  for (const namespace of [PODS, ROLLING])
    for (const color of ['blue', 'green']) await rolledOut(cluster, namespace, color);
  await rolledOut(cluster, PODS, 'other');
}
