// Two requests that are reviewed in the same instant: neither of them sees the other.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { allTo } from '../../objects.ts';
import { until } from '../../cluster/node/api.ts';
import { connect } from '../api.ts';
import { replicas, samples } from '../audit/replicas.ts';
import { IMAGE, settled } from './pods.ts';
import type { OddCase, Shop } from './shop.ts';

const TESTED = '6.1.6';
const UNTESTED = '6.1.5';
const MERGE = 'application/merge-patch+json';
const TRIES = 15;

/** Within which it has to be told, in milliseconds: long before the next audit, which comes after five minutes. */
const SOON_MS = 20_000;

function imageOf(tag: string): string {
  return `set image deployment/green podinfo=${IMAGE}:${tag}`;
}

type Allowed = 'both' | 'promotion' | 'image' | 'none';

/** Promotes green and, so many milliseconds later, sets its image; what of it was allowed. */
async function bothAtOnce({ cluster, namespace, name, blue, green }: Shop, later: number): Promise<Allowed> {
  const client = connect(cluster);
  try {
    // Both connections are there before.
    await Promise.all([client.call('GET', '/version'), client.call('GET', '/version')]);
    const image = {
      spec: { template: { spec: { containers: [{ name: 'podinfo', image: `${IMAGE}:${UNTESTED}` }] } } },
    };
    const [promoted, changed] = await Promise.all([
      client.call('PATCH', `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices/${name}`, {
        body: { spec: allTo('green', [blue, green]) },
        type: MERGE,
        user: 'alice',
      }),
      sleep(later).then(() =>
        client.call('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/green`, {
          body: image,
          type: 'application/strategic-merge-patch+json',
          user: 'alice',
        }),
      ),
    ]);
    if (promoted.status === 200) return changed.status === 200 ? 'both' : 'promotion';
    return changed.status === 200 ? 'image' : 'none';
  } finally {
    client.close();
  }
}

/** Blue active again, and green with its tested image and a passed smoke test. */
async function again(t: Test, shop: Shop): Promise<void> {
  const { alice } = shop;
  await alice.run(`patch ${shop.resource} ${shop.to('blue')}`);
  await alice.may(t, imageOf(TESTED));
  await settled(t, shop, 'green');
  await alice.may(t, `annotate --overwrite ${shop.resource} bluegreen.dev/smoke-test=passed:${TESTED}`);
}

/** The review of a promotion takes longer than that of an image: the instant is sought between one that is too early and one too late. */
async function raced(t: Test, shop: Shop): Promise<boolean> {
  let later = 0;
  for (let tries = 1; tries <= TRIES; tries++) {
    await again(t, shop);
    const allowed = await bothAtOnce(shop, later);
    t.comment(`set image ${Math.round(later)} ms after the promotion: allowed was ${allowed}`);
    if (allowed === 'both') return true;
    later = allowed === 'image' ? later * 1.4 + 10 : later * 0.6;
  }
  return false;
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
    if (!(await raced(t, shop))) throw new Error(`none of ${TRIES} tries was a race`);
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
    await alice.may(t, `patch ${shop.resource} ${shop.to('blue')}`);
    await within(t, back, 'and it is gone after the rollback', async () => (await findings(shop)) === 0);
    await alice.may(t, imageOf(TESTED));
    await settled(t, shop, 'green');
  },
};
