// Certificates that somebody else makes, in a mounted Secret that an operator fills, on a real cluster.
import { webcrypto } from 'node:crypto';
import t from 'tap';
import { createAuthority } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';
import { issueLeaf } from '../../certs/serving.ts';
import { connect } from '../chart/client.ts';
import { distrusted } from '../cluster/failed-calls.ts';
import { installBluegreen, RELEASE, REPLICATED, upgradeBluegreen } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { admissions } from './stream.ts';
import { shopObjects } from '../objects.ts';
import { webhookOf } from './webhook.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());
const SHOP = 'shop';
const stream = admissions(cluster, SHOP, 5);
t.teardown(() => stream.close());

const HOUR = 3_600_000;
/** Milliseconds between two looks at what takes seconds. */
const LOOK_MS = 500;
const TOOLS = { now: () => new Date(), crypto: webcrypto };
const here = ['-n', RELEASE.namespace];
const { bundles, trusted, metric, allReady, hurry } = webhookOf(cluster, client);

await cluster.apply([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: RELEASE.namespace } },
  ...shopObjects(SHOP),
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
function authority(): Promise<Authority> {
  return createAuthority(TOOLS, 24 * HOUR);
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
  const before = distrusted(cluster);
  await fill('webhook-tls', second);
  const { sent, lost } = await stream.during(
    until(
      async () => (await trusted()).join() === '1' && (await bundles())[0] === second.certificate,
      180_000,
      LOOK_MS,
    ),
  );
  t.comment(`${sent} sent, lost: ${JSON.stringify(lost)}`);
  t.equal(distrusted(cluster) - before, 0);
  t.same([...new Set(await bundles())], [second.certificate]);
  t.ok(await allReady());
});

t.test('from existing to self, while admissions go on', async (t) => {
  const before = distrusted(cluster);
  const { sent, lost } = await stream.during(
    upgradeBluegreen(cluster, '--set', 'certificates.source=self').then(() =>
      until(async () => (await trusted()).join() === '1', 60_000),
    ),
  );
  t.comment(`${sent} sent, lost: ${JSON.stringify(lost)}`);
  t.equal(distrusted(cluster) - before, 0);
  t.notOk((await bundles()).includes(second.certificate));
  t.ok(await allReady());
});
