// The certificates that the webhook makes itself, on a real cluster, under a steady stream of admissions.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { splitBundle } from '../../certs/bundle.ts';
import { at, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { connect } from '../chart/client.ts';
import { distrusted } from '../cluster/failed-calls.ts';
import { installBluegreen, RELEASE, REPLICATED, upgradeBluegreen } from '../cluster/index.ts';
import { shopObjects } from '../objects.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { admissions } from './stream.ts';
import { undisturbed } from './undisturbed.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());

const SHOP = 'shop';
const SECRET = `/api/v1/namespaces/${RELEASE.namespace}/secrets/bluegreen-ca`;
const here = ['-n', RELEASE.namespace];
const PER_SECOND = 5;
/** Milliseconds between two looks at what takes seconds. */
const LOOK_MS = 500;
const stream = admissions(cluster, SHOP, PER_SECOND);
t.teardown(() => stream.close());

await cluster.apply(shopObjects(SHOP));

async function read(path: string): Promise<JsonObject> {
  return (await client.call('GET', path)).body;
}
async function authority(): Promise<string> {
  return text(at(await read(SECRET), 'data', 'ca.crt')) ?? '';
}
async function bundles(): Promise<readonly string[]> {
  const kinds = ['mutating', 'validating'];
  const paths = kinds.map((kind) => `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/bluegreen`);
  const entries = (await Promise.all(paths.map(read))).flatMap((object) => list(object['webhooks']));
  return entries.map((entry) =>
    Buffer.from(text(at(entry, 'clientConfig', 'caBundle')) ?? '', 'base64').toString('utf8'),
  );
}
/** How many CAs the entries trust; several numbers where they differ. */
async function trusted(): Promise<readonly number[]> {
  return [...new Set((await bundles()).map((bundle) => splitBundle(bundle).length))];
}
/**
 * A replica that has read one configuration before another replica took an old CA away, and one after, puts it back until
 * it has the proof itself: harmless, and over with its next look.
 */
async function settled(): Promise<boolean> {
  return (await trusted()).join() === '1';
}
/** Whether this CA, of the Secret, and no other is trusted by every entry. */
async function trustedAlone(inSecret: string): Promise<boolean> {
  const issuing = Buffer.from(inSecret, 'base64').toString('utf8').trim();
  return (await bundles()).every((bundle) => bundle.trim() === issuing);
}
/** Waits until another CA issues and it alone is trusted. */
async function rotated(from: string): Promise<boolean> {
  return until(
    async () => {
      const issuing = await authority();
      return issuing !== from && issuing !== '' && (await trustedAlone(issuing));
    },
    150_000,
    LOOK_MS,
  );
}

await installBluegreen(cluster, {
  ...REPLICATED,
  replicaCount: '3',
  // A busy machine must not starve the replicas of certificates that live for seconds.
  'resources.requests.cpu': '400m',
  'certificates.caLifetime': '60s',
  'certificates.leafLifetime': '45s',
  'certificates.trustDelay': '2s',
});

t.test('a CA that lives for a minute is replaced in time, and nobody notices', async (t) => {
  const first = await authority();
  await undisturbed(t, 'rotation in time', { cluster, stream, work: rotated(first) });
  t.not(await authority(), first);
  t.ok(await until(settled, 60_000, LOOK_MS));
});

t.test('an upgrade that gives the CA a longer life, while that goes on', async (t) => {
  const longer = ['--set', 'certificates.caLifetime=2h', '--set', 'certificates.leafLifetime=1h'];
  await undisturbed(t, 'helm upgrade', { cluster, stream, work: upgradeBluegreen(cluster, ...longer) });
});

t.test('a rotation by hand', async (t) => {
  t.ok(await until(settled, 60_000, LOOK_MS));
  const before = await authority();
  await cluster.kubectlOk([...here, 'annotate', 'secret', 'bluegreen-ca', 'bluegreen.dev/rotate-ca=now']);
  await undisturbed(t, 'rotation by annotation', { cluster, stream, work: rotated(before) });
  t.not(await authority(), before);
  t.equal(at(await read(SECRET), 'metadata', 'annotations', 'bluegreen.dev/rotate-ca'), undefined);
});

t.test('deleting the Secret is a rotation, too', async (t) => {
  const before = await authority();
  await cluster.kubectlOk([...here, 'delete', 'secret', 'bluegreen-ca', '--wait=false']);
  await undisturbed(t, 'rotation by deleting the Secret', { cluster, stream, work: rotated(before) });
  t.not(await authority(), before);
  t.ok(await until(settled, 60_000, LOOK_MS));
});

t.test('a replica is killed, and another one starts, in the middle of a rotation', async (t) => {
  const before = await authority();
  const mistrust = distrusted(cluster);
  const pods = list((await read(`/api/v1/namespaces/${RELEASE.namespace}/pods`))['items']);
  // The upgrade before may still take a replica away.
  const staying = pods.find((each) => at(each, 'metadata', 'deletionTimestamp') === undefined);
  const pod = `pod/${text(at(staying, 'metadata', 'name')) ?? ''}`;
  const work = (async () => {
    await cluster.kubectlOk([...here, 'annotate', 'secret', 'bluegreen-ca', 'bluegreen.dev/rotate-ca=now']);
    t.ok(await until(async () => (await trusted()).join() === '2', 10_000));
    await cluster.kubectlOk([...here, 'delete', pod, '--grace-period=0', '--force']);
    t.ok(await rotated(before));
    await cluster.kubectlOk([...here, 'rollout', 'status', 'deployment/bluegreen', '--timeout=60s']);
  })();
  const { sent, lost } = await stream.during(work);
  t.comment(`rotation while a replica is killed: ${sent} sent, lost by the kill itself: ${JSON.stringify(lost)}`);
  t.equal(distrusted(cluster) - mistrust, 0);
});

t.test('what something overwrites is set again within a moment', async (t) => {
  const mistrust = distrusted(cluster);
  const forced = await stream.during(upgradeBluegreen(cluster, '--force').then(() => sleep(1000)));
  t.comment(
    `helm upgrade --force: ${forced.sent} sent, lost for ${forced.lostForMs} ms: ${JSON.stringify(forced.lost)}`,
  );
  t.comment(`calls that failed for want of trust: ${distrusted(cluster) - mistrust}`);
  // Written anew, the Secret is empty: another CA takes over.
  const after = until(settled, 60_000, LOOK_MS);
  await undisturbed(t, 'after it', { cluster, stream, work: after });
  t.ok(await after);
});
