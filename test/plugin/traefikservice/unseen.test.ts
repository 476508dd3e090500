import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { PROMOTED, shop } from '../shop.ts';

/** Green was promoted; production went back to blue while the webhook was down. */
const BACK = shop({
  weights: [100, 0],
  annotations: PROMOTED,
  managedFields: [
    {
      manager: 'kubectl-bluegreen',
      operation: 'Update',
      time: '2026-03-01T11:40:00Z',
      fieldsV1: { 'f:spec': { 'f:weighted': { 'f:services': {} } } },
    },
    { manager: 'webhook', operation: 'Update', time: '2026-03-01T11:50:00Z', fieldsV1: { 'f:metadata': {} } },
  ],
});
const APART =
  'the weights make blue active, the record green: the webhook did not see the last switch, by "kubectl-bluegreen" 20m ago';

t.test('a switch that the record does not have is told apart from it, with its time and its manager', async (t) => {
  const cluster = await fakeCluster(t, BACK);
  const history = await cluster.run('history shop -o wide');
  t.match(history.err, `Warning: traefikservice.traefik.io/shop: ${APART}\n`);
  t.match(
    history.out,
    /\nunseen +green +blue +<unknown> +<unknown> +kubectl-bluegreen +2026-03-01T11:40:00Z +20m\npromotion/,
  );
  const list = await cluster.run('list -o wide');
  t.match(list.err, APART);
  t.match(list.out, /\nshop +blue +100 +0 .* kubectl-bluegreen +traefik\.io +20m\n/);
  t.match((await cluster.run('status shop')).out, `Record:     ${APART}\n`);
});

t.test('where both agree nothing is said', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  t.equal((await cluster.run('history shop')).err, '');
  t.notMatch((await cluster.run('status shop')).out, 'Record:');
});
