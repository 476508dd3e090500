// Which requests around a TraefikService reach the guard. Its entries ignore errors, so a condition that cannot be
// evaluated would open it without a word: here they fail instead.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { at, isObject, list, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { established } from '../cluster/definitions.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { render } from './chart.ts';
import { connect } from './client.ts';
import type { Reply } from './client.ts';
import { admitBy } from './policy.ts';
import { traefikService } from '../objects.ts';
import { parseObjects } from '../yaml.ts';

const cluster = await shareCluster(t, 'api');
const client = connect(cluster);
t.teardown(() => client.close());

const SHOP = 'shop';
const OLD = 'traefik.containo.us';
const ROLLOUTS = 'rollouts.argoproj.io';

function guarded(file: string): readonly JsonObject[] {
  return parseObjects(readFileSync(join(import.meta.dirname, 'guarded', file), 'utf8'));
}

await cluster.apply([...guarded('shop.yaml'), ...guarded('rollout-crd.yaml')]);
t.teardown(() => cluster.kubectl(['delete', 'crd', ROLLOUTS]));
await established(cluster, ['crd', ROLLOUTS]);
await cluster.apply(guarded('rollouts.yaml'));

const configuration = (await render(['guard.enabled=true'])).find(
  ({ kind }) => kind === 'ValidatingWebhookConfiguration',
);
const guards = list(configuration?.['webhooks'])
  .filter(isObject)
  .filter(({ name }) => text(name)?.startsWith('guard'))
  .map((entry): Json => ({ ...entry, failurePolicy: 'Fail' }));
await admitBy(t, cluster, client, [{ ...configuration, webhooks: guards }]);

const apps = `/apis/apps/v1/namespaces/${SHOP}`;
const core = `/api/v1/namespaces/${SHOP}`;
const PATHS = {
  deployment: `${apps}/deployments/blue`,
  idle: `${apps}/deployments/idle`,
  rolling: `${apps}/deployments/rolling`,
  statefulset: `${apps}/statefulsets/blue`,
  daemonset: `${apps}/daemonsets/blue`,
  replicaset: `${apps}/replicasets/blue`,
  idleReplicaset: `${apps}/replicasets/idle`,
  deploymentScale: `${apps}/deployments/blue/scale`,
  statefulsetScale: `${apps}/statefulsets/blue/scale`,
  replicasetScale: `${apps}/replicasets/blue/scale`,
  deploymentStatus: `${apps}/deployments/blue/status`,
  statefulsetStatus: `${apps}/statefulsets/blue/status`,
  autoscaler: `/apis/autoscaling/v2/namespaces/${SHOP}/horizontalpodautoscalers/blue`,
  autoscalerStatus: `/apis/autoscaling/v2/namespaces/${SHOP}/horizontalpodautoscalers/blue/status`,
  service: `${core}/services/blue`,
  controller: `${core}/replicationcontrollers/blue`,
  rollout: `/apis/argoproj.io/v1alpha1/namespaces/${SHOP}/rollouts/blue`,
  rolloutScale: `/apis/argoproj.io/v1alpha1/namespaces/${SHOP}/rollouts/blue/scale`,
  reference: `/apis/argoproj.io/v1alpha1/namespaces/${SHOP}/rollouts/reference`,
  route: `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/ingressroutes/shop`,
  routed: `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/ingressroutes/routed`,
  front: `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/traefikservices/front`,
  middleware: `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/middlewares/shop`,
  tlsOption: `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/tlsoptions/shop`,
  serversTransport: `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/serverstransports/shop`,
  traefikService: `/apis/traefik.containo.us/v1alpha1/namespaces/${SHOP}/traefikservices/shop`,
} as const;

function outcomeOf({ status, body }: Reply): string {
  const message = text(body['message']) ?? '';
  if (status < 300) return 'passes';
  return message.includes('failed calling webhook "guard.bluegreen.dev"') ? 'asks the guard' : message;
}
async function patch(target: keyof typeof PATHS, body: JsonObject, user?: string): Promise<string> {
  return outcomeOf(await client.call('PATCH', `${PATHS[target]}?dryRun=All`, body, user));
}
async function remove(target: keyof typeof PATHS, user?: string): Promise<string> {
  return outcomeOf(await client.call('DELETE', `${PATHS[target]}?dryRun=All`, undefined, user));
}
function inPod(spec: JsonObject): JsonObject {
  return { spec: { template: { spec } } };
}

const ASKS = 'asks the guard';
t.ok(await until(async () => (await remove('deployment')) === ASKS, 30_000), 'the entries take effect');

t.test('workloads', async (t) => {
  for (const target of ['deployment', 'statefulset'] as const) {
    t.equal(await remove(target), ASKS, `${target} deleted`);
    t.equal(await patch(target, { spec: { replicas: 0 } }), ASKS, `${target} to 0`);
    t.equal(await patch(target, { spec: { replicas: 3 } }), 'passes', `${target} to 3`);
    t.equal(await patch(target, { metadata: { labels: { team: 'web' } } }), 'passes', `${target} labelled`);
    t.equal(await patch(target, inPod({ containers: [{ name: 'app', image: 'app:2' }] })), ASKS, 'another image');
    const init = { initContainers: [{ name: 'init', image: 'init:2' }] };
    t.equal(await patch(target, inPod(init)), ASKS, 'another image of an init container');
    t.equal(
      await patch(target, inPod({ containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 1 }] }] })),
      ASKS,
      'other ports',
    );
    const labels = { spec: { template: { metadata: { labels: { team: 'web' } } } } };
    t.equal(await patch(target, labels), ASKS, 'other pod labels');
    const status = { status: { replicas: 1, observedGeneration: 1 } };
    t.equal(await patch(`${target}Status`, status), 'passes', 'what its controller writes');
  }
  t.equal(await patch('deployment', { spec: { paused: false } }), ASKS, 'resumed');
  t.equal(await patch('idle', { spec: { revisionHistoryLimit: 3 } }), 'passes', 'already at 0');
  for (const target of ['deploymentScale', 'statefulsetScale', 'replicasetScale'] as const) {
    t.equal(await patch(target, { spec: { replicas: 0 } }), ASKS, `${target} to 0, which arrives as nothing`);
    t.equal(await patch(target, { spec: { replicas: 2 } }), 'passes', `${target} to 2`);
  }
});

const RESTARTED = { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } };
const RESTART: JsonObject = { spec: RESTARTED };
/** A Deployment restarted with this strategy. */
function restarted(strategy: JsonObject, replicas = 1): JsonObject {
  return { spec: { ...RESTARTED, replicas, strategy } };
}

t.test('rollouts: those that may leave no ready pod meanwhile', async (t) => {
  t.equal(await patch('rolling', RESTART), 'passes', 'one pod more, then one less');
  t.equal(await patch('rolling', inPod({ terminationGracePeriodSeconds: 5 })), 'passes', 'another field of the pods');
  const rows: readonly (readonly [string, JsonObject, number, string])[] = [
    ['Recreate', { type: 'Recreate', rollingUpdate: null }, 3, ASKS],
    ['all of them', { rollingUpdate: { maxUnavailable: '100%' } }, 3, ASKS],
    ['as many as there are', { rollingUpdate: { maxUnavailable: 3 } }, 3, ASKS],
    ['all but one', { rollingUpdate: { maxUnavailable: 2 } }, 3, 'passes'],
    ['a share', { rollingUpdate: { maxUnavailable: '50%' } }, 3, 'passes'],
    ['a share of one, without another pod', { rollingUpdate: { maxUnavailable: '50%', maxSurge: 0 } }, 1, ASKS],
    ['a share of one', { rollingUpdate: { maxUnavailable: '50%' } }, 1, 'passes'],
  ];
  for (const [about, strategy, replicas, expected] of rows)
    t.equal(await patch('rolling', restarted(strategy, replicas)), expected, about);
  t.equal(await patch('statefulset', RESTART), ASKS, 'a StatefulSet of one pod');
  t.equal(await patch('statefulset', { spec: { ...RESTARTED, replicas: 2 } }), 'passes', 'of two');
  t.equal(await patch('daemonset', RESTART), ASKS, 'a DaemonSet');
  const held = { updateStrategy: { rollingUpdate: { partition: 1 } } };
  t.equal(await patch('statefulset', { spec: held }), ASKS, 'another partition');
  const surge = { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
  t.equal(await patch('daemonset', { spec: { ...RESTARTED, ...surge } }), 'passes', 'with a surge');
});

t.test('DaemonSets and ReplicaSets', async (t) => {
  t.equal(await remove('daemonset'), ASKS);
  t.equal(await patch('daemonset', inPod({ containers: [{ name: 'app', image: 'app:2' }] })), ASKS, 'another image');
  t.equal(await patch('daemonset', inPod({ nodeSelector: { none: 'such' } })), ASKS, 'other nodes');
  t.equal(await patch('daemonset', { metadata: { labels: { team: 'web' } } }), 'passes', 'labelled');
  t.equal(await remove('replicaset'), ASKS);
  t.equal(await patch('replicaset', { spec: { replicas: 0 } }), ASKS, 'to 0');
  t.equal(await patch('replicaset', { spec: { replicas: 2 } }), 'passes', 'to 2');
  t.equal(await remove('idleReplicaset'), 'passes', 'of a former revision');
  for (const user of ['system:serviceaccount:kube-system:deployment-controller', 'system:kube-controller-manager']) {
    t.not(await patch('replicaset', { spec: { replicas: 0 } }, user), ASKS, `to 0, by ${user}`);
    t.not(await remove('replicaset', user), ASKS, `deleted by ${user}`);
  }
});

t.test('ReplicationControllers, and Rollouts of Argo', async (t) => {
  for (const target of ['controller', 'rollout'] as const) {
    t.equal(await remove(target), ASKS, `${target} deleted`);
    t.equal(await patch(target, { spec: { replicas: 0 } }), ASKS, `${target} to 0`);
    t.equal(await patch(target, { spec: { replicas: 2 } }), 'passes', `${target} to 2`);
    t.equal(await patch(target, inPod({ containers: [{ name: 'app', image: 'app:2' }] })), ASKS, 'another image');
    t.equal(await patch(target, { metadata: { labels: { team: 'web' } } }), 'passes', `${target} labelled`);
  }
  t.equal(await patch('rolloutScale', { spec: { replicas: 0 } }), ASKS, 'a kind of its own to 0, by its scale');
  t.equal(await patch('rolloutScale', { spec: { replicas: 2 } }), 'passes');
  t.equal(await patch('rollout', RESTART), 'passes', 'a restart with a strategy that nothing here knows');
  t.equal(await patch('reference', { spec: { replicas: 2 } }), 'passes', 'one without a template');
});

t.test('owners', async (t) => {
  const uid = '6f1ddbf2-3c4b-4b8a-9a39-51a1a6d0b0aa';
  const owned = { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid }] } };
  for (const target of ['deployment', 'statefulset', 'daemonset', 'replicaset', 'service', 'traefikService'] as const) {
    t.equal(await patch(target, owned), ASKS, target);
    t.equal(await patch(target, { metadata: { ownerReferences: [] } }), 'passes', `${target} without any`);
  }
});

t.test('an autoscaler and its status', async (t) => {
  t.equal(await patch('autoscaler', { spec: { maxReplicas: 5 } }), 'passes');
  t.equal(await patch('autoscalerStatus', { status: { desiredReplicas: 2, currentReplicas: 1 } }), 'passes');
  t.equal(await remove('autoscaler'), 'passes');
});

t.test('Services, routes and TraefikServices', async (t) => {
  t.equal(await remove('service'), ASKS);
  t.equal(await patch('service', { spec: { selector: { app: 'green' } } }), ASKS);
  t.equal(await patch('service', { spec: { selector: null } }), ASKS, 'no selector any more');
  t.equal(await patch('service', { spec: { ports: [{ port: 81 }] } }), ASKS);
  const external = { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } };
  t.equal(await patch('service', external), ASKS, 'out of the cluster');
  t.equal(await patch('service', { spec: { publishNotReadyAddresses: true } }), ASKS, 'pods that are not ready');
  t.equal(await patch('service', { spec: { publishNotReadyAddresses: false } }), 'passes', 'written out, the same');
  t.equal(await patch('service', { metadata: { labels: { team: 'web' } } }), 'passes');
  t.equal(await patch('service', { spec: { sessionAffinity: 'ClientIP' } }), 'passes');
  t.equal(await patch('service', { metadata: { annotations: { team: 'web' } } }), 'passes');
  t.equal(await patch('route', { spec: { routes: [route('green')] } }), ASKS);
  t.equal(await patch('route', { spec: { routes: [route('shop'), route('api')] } }), 'passes', 'no color, no split');
  t.equal(await patch('route', { spec: { routes: [route('blue'), route('api')] } }), 'passes', 'the color as before');
  t.equal(await patch('route', { spec: { routes: [route('v1', 'v2')] } }), ASKS, 'two, whose names only others know');
  const traefikService = { ...route('blue'), services: [{ name: 'green', kind: 'TraefikService' }] };
  t.equal(await patch('route', { spec: { routes: [traefikService] } }), 'passes', 'a TraefikService of any name');
  t.equal(await patch('route', { spec: { entryPoints: ['web'] } }), 'passes');
  t.equal(await remove('route'), 'passes', 'a route to Services');
  t.equal(await remove('routed'), ASKS, 'a route to a TraefikService');
  t.equal(await patch('route', { spec: { routes: [route('green@kubernetescrd')] } }), ASKS, 'with a provider');
  const key = { ...route(), services: [{ name: 'shop-green-80', kind: 'TraefikService' }] };
  t.equal(await patch('route', { spec: { routes: [key] } }), ASKS, 'the key of a color');
  const both = ['v1-80', 'v2-80'].map((name) => ({ name, kind: 'TraefikService' }));
  t.equal(await patch('route', { spec: { routes: [{ ...route(), services: both }] } }), ASKS, 'two of any kind');
  const many = Array.from({ length: 101 }, (_, index) => route(`shop-${index}`));
  t.equal(await patch('route', { spec: { routes: many } }), ASKS, 'more than a condition may loop over');
  t.equal(await remove('traefikService'), ASKS);
});

t.test('names that a TraefikService takes in Traefik', async (t) => {
  const path = PATHS.traefikService.slice(0, -'/shop'.length);
  const created = traefikService({ name: 'cart' }, { weighted: { services: [{ name: 'cart', port: 80 }] } }, OLD);
  t.equal(outcomeOf(await client.call('POST', `${path}?dryRun=All`, created)), ASKS, 'a creation');
  for (const [what, services] of [
    ['another name', [{ name: 'green', port: 80 }]],
    ['another port', [{ name: 'blue', port: 81 }]],
    ['another option', [{ name: 'blue', port: 80, scheme: 'https' }]],
    [
      'one more',
      [
        { name: 'blue', port: 80 },
        { name: 'green', port: 80 },
      ],
    ],
    ['none', []],
  ] as const)
    t.equal(await patch('traefikService', { spec: { weighted: { services } } }), ASKS, what);
  const mirroring = { name: 'blue', port: 80, mirrors: [] };
  t.equal(await patch('traefikService', { spec: { mirroring } }), ASKS, 'another strategy');
  const weighed = { weighted: { services: [{ name: 'blue', port: 80, weight: 7 }] } };
  t.equal(await patch('traefikService', { spec: weighed }), 'passes', 'a weight');
  t.equal(await patch('traefikService', { metadata: { labels: { team: 'web' } } }), 'passes');
});

t.test('the way in', async (t) => {
  t.equal(await patch('routed', { spec: { routes: [] } }), ASKS, 'emptied');
  t.equal(await patch('routed', { spec: { routes: [route('shop')] } }), ASKS, 'led elsewhere');
  const annotations = { 'kubernetes.io/ingress.class': 'internal' };
  t.equal(await patch('routed', { metadata: { annotations } }), ASKS, 'another ingress class');
  t.equal(await patch('routed', { metadata: { annotations: { team: 'web' } } }), 'passes', 'another annotation');
  t.equal(await patch('routed', { spec: { entryPoints: ['web'] } }), 'passes', 'other entry points');
  t.equal(await patch('route', { metadata: { annotations } }), 'passes', 'a route to Services');
  const mixed = {
    ...route('api'),
    services: [
      { name: 'api', port: 80 },
      { name: 'shop', kind: 'TraefikService' },
    ],
  };
  t.equal(await patch('route', { spec: { routes: [mixed] } }), ASKS, 'a TraefikService beside a Service');
  t.equal(await patch('front', { spec: { weighted: { services: [] } } }), ASKS, 'a TraefikService in front of others');
  t.equal(await patch('front', { metadata: { labels: { team: 'web' } } }), 'passes');
  for (const part of ['middleware', 'tlsOption', 'serversTransport'] as const) t.equal(await remove(part), ASKS, part);
  t.equal(await patch('middleware', { spec: { headers: { frameDeny: true } } }), ASKS, 'a Middleware of two types');
  const other = { spec: { compress: null, headers: { frameDeny: true } } };
  t.equal(await patch('middleware', other), ASKS, 'a Middleware of another type');
  t.equal(await patch('tlsOption', { spec: { minVersion: 'VersionTLS13' } }), 'passes');
  t.equal(await patch('tlsOption', { spec: { cipherSuites: ['AES'] } }), ASKS, 'other cipher suites');
  t.equal(await patch('tlsOption', { spec: { minVersion: 'VersionTLS13', maxVersion: 'VersionTLS12' } }), ASKS);
  t.equal(await patch('serversTransport', { spec: { forwardingTimeouts: { dialTimeout: '1ns' } } }), ASKS);
  t.equal(await patch('serversTransport', { spec: { insecureSkipVerify: true } }), 'passes');
  for (const target of ['middleware', 'tlsOption', 'serversTransport'] as const) {
    t.equal(await patch(target, { metadata: { labels: { team: 'web' } } }), 'passes', `${target} labelled`);
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'u' };
    t.equal(await patch(target, { metadata: { ownerReferences: [owner] } }), ASKS, `${target} with an owner`);
  }
  t.equal(await patch('route', { spec: { parentRefs: [{ name: 'routed' }] } }), ASKS, 'hung under another');
});

t.test('what the cluster does by itself goes through', async (t) => {
  for (const user of ['namespace-controller', 'generic-garbage-collector']) {
    const account = `system:serviceaccount:kube-system:${user}`;
    t.equal(await remove('deployment', account), 'passes', user);
    t.equal(await remove('traefikService', account), 'passes', user);
  }
  await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ends' } }]);
  const idle = guarded('shop.yaml').find(({ metadata }) => at(metadata, 'name') === 'idle');
  await cluster.apply([{ ...idle, metadata: { name: 'blue', namespace: 'ends' } }]);
  await cluster.kubectlOk(['delete', 'namespace', 'ends', '--timeout=30s']);
  t.same(await client.call('GET', '/api/v1/namespaces/ends').then(({ status }) => status), 404);
});

t.test('deleting many at once asks for each', async (t) => {
  const { code, stderr } = await cluster.kubectl(['-n', SHOP, 'delete', 'deployments', '--all', '--dry-run=server']);
  t.not(code, 0);
  t.match(stderr, 'guard.bluegreen.dev');
  const reply = await client.call('DELETE', `${apps}/statefulsets?dryRun=All`);
  t.match(text(at(reply.body, 'message')), 'guard.bluegreen.dev', 'a collection has no name in its requests');
});

function route(...names: readonly string[]): JsonObject {
  return { match: 'PathPrefix(`/`)', kind: 'Rule', services: names.map((name) => ({ name, port: 80 })) };
}
