import type { Cluster } from '../../cluster/index.ts';
import { rolledOut } from '../../cluster/kube.ts';
import { until } from '../../cluster/node/api.ts';
import type { Client } from '../api.ts';
import * as manifests from '../../objects.ts';
import type { JsonObject } from '../../../common/json.ts';

const IMAGE = 'ghcr.io/stefanprodan/podinfo';
const VERSIONS = { blue: '6.1.5', green: '6.1.6' } as const;
const COLORS = ['blue', 'green'] as const;
type Color = (typeof COLORS)[number];

/** Namespaces with pods of their own. */
export const SHARED = 'requests';
export const ROLLING = 'requests-rolling';
/** Namespaces with Services whose endpoints are kept by hand. */
export const BEFORE = 'requests-before';
const BY_MODE = { 'requests-warn': 'warn', 'requests-audit': 'audit', 'requests-off': 'off' } as const;

/** Names of Services, blue and green. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['blue', 'green'],
  ['shop-blue', 'shop-green'],
  ['blue-shop', 'green-shop'],
  ['v1', 'v2'],
  ['blue-shop-green', 'green-shop-green'],
];

function deployment(namespace: string, color: Color): object {
  const labels = { app: 'podinfo', color };
  return manifests.podinfo({ name: color, namespace }, { labels, image: `${IMAGE}:${VERSIONS[color]}` });
}

function service(namespace: string, name: string, selector: JsonObject | null): object {
  return manifests.service({ name, namespace }, selector, [{ name: 'http', port: 80, targetPort: 9898 }]);
}

/** An endpoint that somebody keeps by hand. */
function slice(namespace: string, name: string): object {
  return manifests.endpointSlice({ name: `${name}-by-hand`, namespace }, name, '192.0.2.1', [
    { name: 'http', port: 9898 },
  ]);
}

function served(namespace: string): object[] {
  return [
    ...COLORS.map((color) => deployment(namespace, color)),
    ...PAIRS.flatMap((pair) =>
      COLORS.map((color, index) => service(namespace, pair[index] ?? '', { app: 'podinfo', color })),
    ),
    service(namespace, 'empty-blue', { app: 'podinfo', color: 'blue' }),
    service(namespace, 'empty-green', { app: 'podinfo', color: 'none' }),
    service(namespace, 'void-blue', { app: 'podinfo', color: 'none' }),
    service(namespace, 'void-green', { app: 'podinfo', color: 'green' }),
  ];
}

/** Pairs of which Traefik cannot build the green Service in one way or another. */
function special(namespace: string): object[] {
  const http = { name: 'http', port: 80, targetPort: 9898 };
  const [blue, green] = COLORS.map((color) => ({ app: 'podinfo', color }));
  // No pod has a UDP port of this name, so that its endpoints have none.
  const dns = { name: 'dns', port: 80, protocol: 'UDP', targetPort: 'dns' };
  const spec = { type: 'ExternalName', externalName: 'example.com', ports: [http] };
  return [
    service(namespace, 'outside-blue', blue ?? null),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'outside-green', namespace }, spec },
    ...[blue, green].map((selector, index) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `headless-${COLORS[index]}`, namespace },
      spec: { clusterIP: 'None', selector, ports: [http] },
    })),
    manifests.service({ name: 'udp-blue', namespace }, blue ?? null, [http]),
    manifests.service({ name: 'udp-green', namespace }, green ?? null, [dns, http]),
    ...['traefik.io', 'traefik.containo.us'].map((group) => ({
      apiVersion: `${group}/v1alpha1`,
      kind: 'ServersTransport',
      metadata: { name: 'mtls', namespace },
      spec: {},
    })),
  ];
}

function byHand(namespace: string, pair: readonly string[]): object[] {
  return pair.flatMap((name) => [service(namespace, name, null), slice(namespace, name)]);
}

/** Ordinary people: everything with TraefikServices, but no override. */
function rights(users: readonly string[]): object[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'releases' },
      rules: [
        {
          apiGroups: ['traefik.io', 'traefik.containo.us'],
          resources: ['traefikservices'],
          verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'releases' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'releases' },
      subjects: users.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })),
    },
  ];
}

/** The namespaces, Services and pods that all rows share. */
export async function buildWorld(cluster: Cluster): Promise<void> {
  await cluster.apply([
    manifests.namespaceObject(SHARED),
    manifests.namespaceObject(ROLLING),
    manifests.namespaceObject(BEFORE, 'off'),
    ...Object.entries(BY_MODE).map(([name, mode]) => manifests.namespaceObject(name, mode)),
    ...rights(['alice', 'bob']),
    ...[SHARED, ROLLING].flatMap(served),
    ...special(ROLLING),
    ...byHand(SHARED, ['hand-blue', 'hand-green']),
    ...[BEFORE, ...Object.keys(BY_MODE)].flatMap((namespace) => byHand(namespace, ['blue', 'green'])),
  ]);
  for (const namespace of [SHARED, ROLLING]) for (const color of COLORS) await rolledOut(cluster, namespace, color);
}

/** Ends the time in which nobody guarded the namespace; resolves when that has taken effect. */
export async function startGuarding(cluster: Cluster, client: Client, namespace: string): Promise<void> {
  await cluster.kubectlOk(['label', 'namespace', namespace, 'bluegreen.dev/mode-']);
  const path = `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices?dryRun=All`;
  const body = manifests.traefikService({ name: 'probe' }, manifests.weightedSpec(60, 30));
  async function guarded(): Promise<boolean> {
    return (await client.call('POST', path, { body })).status === 403;
  }
  if (!(await until(guarded, 30_000))) throw new Error(`namespace ${namespace} is not guarded`);
}
