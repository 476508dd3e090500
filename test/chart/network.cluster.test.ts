// Choices of how the API server reaches the pods, on a real cluster. Its network enforces no NetworkPolicy: that one is
// made there, and understood by the API server, is all that is seen here.
import t from 'tap';
import { at, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { installBluegreen, RELEASE } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { connect } from './client.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());
const here = `/namespaces/${RELEASE.namespace}`;

const HOST_NETWORK = {
  hostNetwork: 'true',
  port: '10260',
  // A replica needs a node of its own, and there is one.
  replicaCount: '1',
  'service.ipFamilyPolicy': 'PreferDualStack',
  'networkPolicy.enabled': 'true',
  priorityClassName: 'system-cluster-critical',
};

const split: JsonObject = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  metadata: { name: 'split' },
  spec: {
    weighted: {
      services: [
        { name: 'blue', port: 81, weight: 0 },
        { name: 'green', port: 81, weight: 100 },
      ],
    },
  },
};

/** Denied in words that only the webhook has: the active color has no endpoint. */
async function denied(): Promise<boolean> {
  const path = '/apis/traefik.io/v1alpha1/namespaces/default/traefikservices?dryRun=All';
  const { body } = await client.call('POST', path, split);
  return text(body['message'])?.includes('ready-endpoints: green has no ready endpoint') ?? false;
}
async function pods(): Promise<readonly unknown[]> {
  const path = `/api/v1${here}/pods?labelSelector=app.kubernetes.io/component%3Dwebhook`;
  return list((await client.call('GET', path)).body['items']);
}

t.test('in the network of its node', async (t) => {
  await installBluegreen(cluster, HOST_NETWORK);
  t.ok(await until(denied, 30_000), 'the webhook is asked');
  const [pod] = await pods();
  t.equal(at(pod, 'status', 'podIP'), cluster.ip);
  t.equal(at(pod, 'spec', 'priorityClassName'), 'system-cluster-critical');
  const service = (await client.call('GET', `/api/v1${here}/services/${RELEASE.name}`)).body;
  t.equal(at(service, 'spec', 'ipFamilyPolicy'), 'PreferDualStack');
  const policy = await client.call('GET', `/apis/networking.k8s.io/v1${here}/networkpolicies/${RELEASE.name}`);
  t.equal(policy.status, 200);
});

t.test('an upgrade gives the port to the next one', async (t) => {
  await installBluegreen(cluster, { ...HOST_NETWORK, 'podAnnotations.next': 'one', drainSeconds: '1' });
  t.ok(await until(denied, 30_000), 'the webhook is asked');
  t.ok(await until(async () => (await pods()).length === 1, 60_000));
});
