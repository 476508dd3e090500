/** What is none of ours never pays: no call of the webhook, shown by its own counters. */
import t from 'tap';
import { shareCluster } from '../cluster/sharing/share.ts';
import { connect, MERGE_PATCH } from './api.ts';
import { NAMESPACE, reviewsAnswered } from './unrelated/counters.ts';
import { OBJECTS, PAUSED, ROLLING, updates } from './unrelated/updates.ts';
import { traefikService, weightedSpec } from '../objects.ts';

const ROUNDS = 100;
/** Enough of those in which controllers roll out what is written, which costs them more than the updates themselves. */
const ROLLED = 20;

const cluster = await shareCluster(t, 'webhook');
await cluster.kubectlOk(['create', 'namespace', NAMESPACE]);
await cluster.apply(OBJECTS);
const client = connect(cluster);
t.teardown(() => client.close());

t.test('a thousand ordinary updates never reach the webhook', async (t) => {
  const before = await reviewsAnswered(cluster);
  let writes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const written = updates(round, round < ROLLED ? ROLLING : PAUSED).map(async ({ path, body, about }) => {
      const { status, body: answer } = await client.call('PATCH', path, { body, type: MERGE_PATCH });
      if (status !== 200) t.fail(`${about}: ${status} ${JSON.stringify(answer)}`);
    });
    writes += (await Promise.all(written)).length;
  }
  t.ok(writes >= 1000, `${writes} updates`);
  t.equal(await reviewsAnswered(cluster), before);
});

t.test('and what is ours does, so that the counters count', async (t) => {
  const before = await reviewsAnswered(cluster);
  const path = `/apis/traefik.io/v1alpha1/namespaces/${NAMESPACE}/traefikservices`;
  const split = traefikService({ name: 'split' }, weightedSpec(60, 30));
  t.equal((await client.call('POST', path, { body: split })).status, 403);
  t.equal(await reviewsAnswered(cluster), before + 1);
});
