// The certificates of the real cert-manager, its controllers and its CA injector, under a steady stream of admissions.
import t from 'tap';
import type { Test } from 'tap';
import { at, list, text } from '../../common/json.ts';
import { connect } from '../chart/client.ts';
import { failedOtherwise } from '../cluster/failed-calls.ts';
import { installBluegreen, RELEASE, REPLICATED } from '../cluster/index.ts';
import { defineResources, startNeighbor } from '../cluster/neighbor.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { shopObjects } from '../objects.ts';
import { admissions } from './stream.ts';
import { CONFIGURATIONS, webhookOf } from './webhook.ts';

const cluster = await shareCluster(t, 'chart');
await defineResources(cluster, 'cert-manager');
startNeighbor(t, cluster, 'cert-manager', 'cert-manager');
const client = connect(cluster);
t.teardown(() => client.close());

const SHOP = 'shop';
const PER_SECOND = 10;
const WAIT_MS = 240_000;
const here = ['-n', RELEASE.namespace];
const EXPIRY = 'bluegreen_certificate_expiry_timestamp_seconds';
const SECRETS = `/api/v1/namespaces/${RELEASE.namespace}/secrets`;
const CERTIFICATES = `/apis/cert-manager.io/v1/namespaces/${RELEASE.namespace}/certificates`;
const webhook = webhookOf(cluster, client);
const stream = admissions(cluster, SHOP, PER_SECOND);
t.teardown(() => stream.close());
await cluster.apply(shopObjects(SHOP));

/** An entry of a Secret; empty where there is none. */
async function secret(name: string, entry: string): Promise<string> {
  const { body } = await client.call('GET', `${SECRETS}/${name}`);
  return Buffer.from(text(at(body, 'data', entry)) ?? '', 'base64').toString('utf8');
}

/** Has cert-manager issue a certificate anew, as `cmctl renew` does. */
async function renew(name: string): Promise<void> {
  const condition = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'by a test' };
  const { body } = await client.call('GET', `${CERTIFICATES}/${name}`);
  const kept = list(at(body, 'status', 'conditions')).filter((each) => at(each, 'type') !== 'Issuing');
  const status = { conditions: [...kept, { ...condition, lastTransitionTime: new Date().toISOString() }] };
  const reply = await client.call('PATCH', `${CERTIFICATES}/${name}/status`, { status });
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
}

/** Waits until an entry of a Secret is another one. */
async function replaced(name: string, entry: string, before: string): Promise<boolean> {
  return until(async () => !['', before].includes(await secret(name, entry)), WAIT_MS);
}

/** Waits until each replica serves a certificate that expires later. */
async function served(expiry: number): Promise<boolean> {
  await webhook.hurry();
  return until(async () => (await webhook.metric(EXPIRY)).every((value) => value > expiry), WAIT_MS);
}

/** Does what has cert-manager issue the serving certificate anew, until every replica serves it: no admission may fail. */
async function unnoticed(t: Test, change: () => Promise<unknown>): Promise<void> {
  const [before, key, expiries] = [
    failedOtherwise(cluster).length,
    await secret('bluegreen-tls', 'tls.key'),
    webhook.metric(EXPIRY),
  ];
  const expiry = Math.max(...(await expiries));
  async function work(): Promise<void> {
    await change();
    t.ok(await replaced('bluegreen-tls', 'tls.key', key), 'issued, with a key of its own');
    t.ok(await served(expiry), 'served by every replica');
  }
  const { sent, lost } = await stream.during(work());
  t.comment(`${sent} admissions sent, late or lost: ${JSON.stringify(lost)}`);
  t.ok(sent > 0);
  t.same(failedOtherwise(cluster).slice(before), [], 'no call of the webhook fails');
  t.ok(await webhook.allReady());
}

t.test('issuance: helm install --wait returns when the CA injector has written the caBundles', async (t) => {
  await installBluegreen(cluster, {
    ...REPLICATED,
    'certificates.source': 'cert-manager',
    'certificates.trustDelay': '2s',
    'resources.requests.cpu': '400m',
  });
  t.ok(await webhook.allReady());
  t.same([...new Set(await webhook.bundles())], [await secret('bluegreen-tls', 'ca.crt')]);
  t.equal(await secret('bluegreen-tls', 'ca.crt'), await secret('bluegreen-ca-tls', 'tls.crt'), 'the CA of the chart');
  const { body } = await client.call('GET', CONFIGURATIONS[1] ?? '');
  t.equal(at(list(body['webhooks'])[0], 'failurePolicy'), 'Fail', 'which the webhook sets beside the CA injector');
});

t.test('a renewal with another key, without a restart', (t) => unnoticed(t, () => renew('bluegreen-tls')));

t.test('a deleted Secret', (t) =>
  unnoticed(t, () => cluster.kubectlOk([...here, 'delete', 'secret', 'bluegreen-tls'])),
);

t.test('another CA: the CA injector adds it to the one before', async (t) => {
  const first = await secret('bluegreen-ca-tls', 'tls.crt');
  await unnoticed(t, async () => {
    await cluster.kubectlOk([...here, 'delete', 'secret', 'bluegreen-ca-tls']);
    t.ok(await replaced('bluegreen-ca-tls', 'tls.crt', first), 'a CA with another key');
    async function ready(): Promise<boolean> {
      const issuer = [
        'get',
        'certificate',
        'bluegreen-ca',
        '-o',
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
      ];
      return (await cluster.kubectlOk([...here, ...issuer])) === 'True';
    }
    t.ok(await until(ready, WAIT_MS));
    await renew('bluegreen-tls');
  });
  t.not(await secret('bluegreen-tls', 'ca.crt'), first);
  t.same(await webhook.trusted(), [2], 'until the one before expires');
});
