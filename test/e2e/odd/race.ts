// Two requests that are reviewed in the same instant: neither of them sees the other.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { allTo } from '../../objects.ts';
import { until } from '../../cluster/node/api.ts';
import { connect, MERGE_PATCH } from '../api.ts';
import { replicas, samples } from '../audit/replicas.ts';
import { IMAGE, settled } from './pods.ts';
import { slowWebhook } from './slow-webhook.ts';
import type { OddCase, Shop } from './shop.ts';

const TESTED = '6.1.6';
const UNTESTED = '6.1.5';
/** Within which it has to be told, in milliseconds: long before the next audit, which comes after five minutes. */
const SOON_MS = 20_000;

function imageOf(tag: string): string {
  return `set image deployment/green podinfo=${IMAGE}:${tag}`;
}

/** Milliseconds in which bluegreen reviews the image, beside the webhook that is slow. */
const REVIEWED = 1000;

/**
 * Sets green's image and promotes green while another team's webhook has not answered about the image yet: bluegreen
 * has reviewed it then, and nothing of it is stored. Answers with both status codes.
 */
async function bothAtOnce({ cluster, namespace, name, blue, green }: Shop): Promise<readonly number[]> {
  const slow = await slowWebhook(cluster, namespace, `${IMAGE}:${UNTESTED}`);
  const client = connect(cluster);
  try {
    const image = {
      spec: { template: { spec: { containers: [{ name: 'podinfo', image: `${IMAGE}:${UNTESTED}` }] } } },
    };
    const changing = client.call('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/green`, {
      body: image,
      type: 'application/strategic-merge-patch+json',
      user: 'alice',
    });
    await Promise.race([slow.asked, changing]);
    await sleep(REVIEWED);
    const promoted = await client.call(
      'PATCH',
      `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices/${name}`,
      {
        body: { spec: allTo('green', [blue, green]) },
        type: MERGE_PATCH,
        user: 'alice',
      },
    );
    slow.answer();
    return [promoted.status, (await changing).status];
  } finally {
    client.close();
    await slow.stop();
  }
}

/** Findings of the namespace, as the replica that audits shows them. */
async function findings({ cluster, namespace }: Shop): Promise<number> {
  const series = `bluegreen_findings{check="active-workload",namespace="${namespace}"}`;
  const all = await Promise.all((await replicas(cluster)).map((pod) => samples(cluster, pod)));
  return Math.max(0, ...all.map((each) => each.get(series) ?? 0));
}

async function within(t: Test, since: number, what: string, condition: () => Promise<boolean>): Promise<void> {
  const found = await until(condition, Math.max(0, SOON_MS - (Date.now() - since)));
  t.ok(found, `${what}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

export const RACE: OddCase = {
  name: 'set image and a promotion in the same instant: Event, metric and the first line of status, within seconds',
  run: async (t, shop) => {
    const { alice, admin } = shop;
    await shop.make(t);
    await shop.attest(t, `passed:${TESTED}`);
    t.same(await bothAtOnce(shop), [200, 200], 'the promotion and the image are allowed');
    const start = Date.now();
    await within(t, start, 'an Event', async () =>
      (await admin.run('get events --field-selector=reason=UntestedImages')).said.includes(
        `green is active and runs ${IMAGE}:${UNTESTED}, which its promotion did not record`,
      ),
    );
    await within(t, start, 'the metric', async () => (await findings(shop)) === 1);
    t.match(
      (await alice.run(`bluegreen status ${shop.name}`)).said,
      new RegExp(`^UNTESTED green is active and runs podinfo:${UNTESTED.replaceAll('.', String.raw`\.`)}`),
    );
    const back = Date.now();
    await shop.move(t, 'blue');
    await within(t, back, 'and it is gone after the rollback', async () => (await findings(shop)) === 0);
    await alice.may(t, imageOf(TESTED));
    await settled(t, shop, 'green');
  },
};
