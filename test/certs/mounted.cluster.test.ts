// Certificates that somebody else makes, in a mounted Secret, on a real cluster: as an operator and as cert-manager fill it.
import { webcrypto } from 'node:crypto';
import t from 'tap';
import { splitBundle } from '../../certs/bundle.ts';
import { createAuthority } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';
import { issueLeaf } from '../../certs/serving.ts';
import { at, list, text } from '../../common/json.ts';
import { withConnection } from '../bench/connections.ts';
import { connect } from '../chart/client.ts';
import { installBluegreen, RELEASE, REPLICATED, upgradeBluegreen } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { admissions } from './stream.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());
const SHOP = 'shop';
const stream = admissions(cluster, SHOP, 10);
t.teardown(() => stream.close());

const HOUR = 3_600_000;
/** Milliseconds between two looks at what takes seconds. */
const LOOK_MS = 500;
const TOOLS = { now: () => new Date(), crypto: webcrypto };
const here = ['-n', RELEASE.namespace];
const CONFIGURATIONS = ['mutating', 'validating'].map(
  (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/bluegreen`,
);

await cluster.apply([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: RELEASE.namespace } },
  ...['blue', 'green'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: SHOP },
    spec: { ports: [{ port: 80 }] },
  })),
]);

/** Fills a Secret with a new certificate from a CA. */
async function fill(name: string, authority: Authority, key?: string): Promise<string> {
  const leaf = await issueLeaf(TOOLS, authority, [`bluegreen.${RELEASE.namespace}.svc`], HOUR);
  const stringData = { 'tls.crt': leaf.certificate, 'tls.key': key ?? leaf.key, 'ca.crt': authority.certificate };
  await cluster.apply([
    { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name, ...namespaced }, stringData },
  ]);
  await hurry();
  return leaf.certificate;
}
const namespaced = { namespace: RELEASE.namespace };
/** A change of the pods has the kubelet look at their Secrets now, not within a minute. */
async function hurry(): Promise<void> {
  const pods = ['annotate', 'pods', '--overwrite', '-l', 'app.kubernetes.io/component=webhook'];
  await cluster.kubectl([...here, ...pods, `looked=${Date.now()}`]);
}
function authority(): Promise<Authority> {
  return createAuthority(TOOLS, 24 * HOUR);
}
async function bundles(): Promise<readonly string[]> {
  const objects = await Promise.all(CONFIGURATIONS.map(async (path) => (await client.call('GET', path)).body));
  return objects
    .flatMap((object) => list(object['webhooks']))
    .map((entry) => Buffer.from(text(at(entry, 'clientConfig', 'caBundle')) ?? '', 'base64').toString('utf8'));
}
async function trusted(): Promise<readonly number[]> {
  return [...new Set((await bundles()).map((bundle) => splitBundle(bundle).length))];
}
async function metricsOf(pod: string): Promise<string> {
  const { ip: host, token } = cluster.api;
  const endpoint = { host, port: 6443, headers: { authorization: `Bearer ${token}` } };
  const path = `/api/v1/namespaces/${RELEASE.namespace}/pods/https:${pod}:10250/proxy/metrics`;
  const { status, body } = await withConnection(endpoint, (each) => each.send({ method: 'GET', path }));
  if (status !== 200) throw new Error(`${pod}: ${status} ${body}`);
  return body;
}
/** Metrics of each replica, by their names. */
async function metric(name: string): Promise<readonly number[]> {
  const path = `/api/v1/namespaces/${RELEASE.namespace}/pods?labelSelector=app.kubernetes.io/component%3Dwebhook`;
  const pods = list((await client.call('GET', path)).body['items']);
  // A replica that drains is no longer ready, and soon no longer there.
  const names = pods
    .filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
    .map((pod) => text(at(pod, 'metadata', 'name')) ?? '');
  const texts = await Promise.all(names.map(metricsOf));
  return texts.map((body) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)?.[1] ?? Number.NaN));
}
async function allReady(): Promise<boolean> {
  return (await metric('bluegreen_ready')).every((value) => value === 1);
}
/** Writes the caBundles as the CA injector of cert-manager would. */
async function inject({ certificate }: Authority): Promise<void> {
  const value = Buffer.from(certificate).toString('base64');
  for (const path of CONFIGURATIONS) {
    const count = list((await client.call('GET', path)).body['webhooks']).length;
    const patch = Array.from({ length: count }, (_, index) => ({
      op: 'add',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value,
    }));
    const [, , , , resource = '', name = ''] = path.split('/');
    await cluster.kubectlOk(['patch', resource, name, '--type=json', '-p', JSON.stringify(patch)]);
  }
}
const DISTRUST = /failed calling webhook.*(x509|tls:)/i;
function distrusted(): number {
  return cluster
    .log('kube-apiserver')
    .split('\n')
    .filter((line) => DISTRUST.test(line)).length;
}

const first = await authority();
const second = await authority();

t.test('existing: helm install --wait returns when the mounted certificate is trusted', async (t) => {
  await fill('webhook-tls', first);
  await installBluegreen(cluster, {
    ...REPLICATED,
    'certificates.source': 'existing',
    'certificates.existing.secretName': 'webhook-tls',
    'certificates.trustDelay': '2s',
    'resources.requests.cpu': '400m',
  });
  t.ok(await allReady());
  t.same([...new Set(await bundles())], [first.certificate]);
});

t.test('existing: a renewed certificate is taken without a restart, a wrong key is not', async (t) => {
  const expiry = (await metric('bluegreen_certificate_expiry_timestamp_seconds'))[0] ?? 0;
  await fill('webhook-tls', first);
  async function renewed(): Promise<boolean> {
    return (await metric('bluegreen_certificate_expiry_timestamp_seconds')).every((value) => value > expiry);
  }
  t.ok(await until(renewed, 120_000, LOOK_MS), 'taken by every replica');
  const { key } = await issueLeaf(TOOLS, first, ['other'], HOUR);
  await fill('webhook-tls', first, key);
  async function counted(): Promise<boolean> {
    return (await metric('bluegreen_certificate_reload_failures_total')).every((value) => value === 1);
  }
  t.ok(await until(counted, 120_000, LOOK_MS), 'denied and counted by every replica');
  t.ok(await allReady(), 'which go on');
  const logs = await cluster.kubectlOk([...here, 'logs', 'deployment/bluegreen']);
  t.match(logs, 'tls.key is not the key of tls.crt; the previous certificate is still served');
});

t.test('existing: another CA, without an admission that fails for want of trust', async (t) => {
  const before = distrusted();
  await fill('webhook-tls', second);
  const { sent, lost } = await stream.during(
    until(
      async () => (await trusted()).join() === '1' && (await bundles())[0] === second.certificate,
      180_000,
      LOOK_MS,
    ),
  );
  t.comment(`${sent} sent, lost: ${JSON.stringify(lost)}`);
  t.equal(distrusted() - before, 0);
  t.same([...new Set(await bundles())], [second.certificate]);
  t.ok(await allReady());
});

t.test('from existing to self, while admissions go on', async (t) => {
  const before = distrusted();
  const { sent, lost } = await stream.during(
    upgradeBluegreen(cluster, '--set', 'certificates.source=self').then(() =>
      until(async () => (await trusted()).join() === '1', 60_000),
    ),
  );
  t.comment(`${sent} sent, lost: ${JSON.stringify(lost)}`);
  t.equal(distrusted() - before, 0);
  t.notOk((await bundles()).includes(second.certificate));
  t.ok(await allReady());
});

t.test('cert-manager: ready when its injector has written the caBundle, renewed without a restart', async (t) => {
  await cluster.helmOk(['uninstall', RELEASE.name, ...here, '--wait']);
  // Replicas that drain look after their caBundles to the end.
  const gone = ['wait', '--for=delete', 'pod', '-l', 'app.kubernetes.io/component=webhook', '--timeout=90s'];
  await cluster.kubectlOk([...here, ...gone]);
  await cluster.apply(certManagerCrds());
  await fill('bluegreen-tls', first);
  const installed = installBluegreen(cluster, {
    ...REPLICATED,
    'certificates.source': 'cert-manager',
    'certificates.trustDelay': '2s',
    'resources.requests.cpu': '400m',
  });
  t.ok(await until(async () => (await client.call('GET', CONFIGURATIONS[1] ?? '')).status === 200, 60_000));
  await inject(first);
  await installed;
  t.ok(await allReady());
  const policies = list((await client.call('GET', CONFIGURATIONS[1] ?? '')).body['webhooks']);
  t.equal(at(policies[0], 'failurePolicy'), 'Fail', 'the webhook sets that, and leaves the caBundle alone');
  t.same([...new Set(await bundles())], [first.certificate]);
  t.match(await cluster.kubectlOk([...here, 'get', 'certificates,issuers', '-o', 'name']), 'bluegreen-tls');
  const expiry = (await metric('bluegreen_certificate_expiry_timestamp_seconds'))[0] ?? 0;
  await fill('bluegreen-tls', first);
  async function renewed(): Promise<boolean> {
    return (await metric('bluegreen_certificate_expiry_timestamp_seconds')).every((value) => value > expiry);
  }
  t.ok(await until(renewed, 120_000, LOOK_MS));
  t.ok(await allReady());
});

/** As much of cert-manager's own definitions as the chart's objects need. */
function certManagerCrds(): readonly object[] {
  return [
    ['Certificate', 'certificates'],
    ['Issuer', 'issuers'],
  ].map(([kind, plural]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.cert-manager.io` },
    spec: {
      group: 'cert-manager.io',
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  }));
}
