import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { PROMOTED, shop } from '../shop.ts';

/** Green is active; its promotion recorded another image than it runs, as after a change in the same instant. */
const RACED = {
  ...PROMOTED,
  'bluegreen.dev/record': PROMOTED['bluegreen.dev/record'].replaceAll(
    'registry.local/shop:1.1',
    'registry.local/shop:1.0.9',
  ),
};

t.test('status and doctor say first that the active color runs what was not promoted', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: RACED }));
  const text = 'UNTESTED green is active and runs shop:1.1, which was not promoted';
  const { out } = await cluster.run(['status']);
  t.equal(out.split('\n')[0], `${text}. To end it: kubectl bluegreen rollback shop -n demo`);
  t.equal((await cluster.run(['status', '-o', 'jsonpath={.problems[*].kind}'])).out, 'UNTESTED');
  t.match((await cluster.run(['doctor'])).out, `× demo/traefikservice.traefik.io/shop: ${text}`);
});

t.test('an active color that runs what its promotion recorded is fine', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  t.notMatch((await cluster.run(['status'])).out, 'UNTESTED');
});
