// A preview that leaves the TraefikService's list while it changes, because Traefik would answer for it meanwhile.
import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import { SHOP, TESTED, shop } from '../shop.ts';
import { DEPLOYMENT, controllers, stored, writes } from './preview.ts';

t.test('a rollout that may leave the preview empty takes it out of the list first', async (t) => {
  const objects = shop();
  const text = JSON.stringify(objects[DEPLOYMENT]).replace('"spec":{', '"spec":{"strategy":{"type":"Recreate"},');
  const cluster = await fakeCluster(t, { ...objects, [DEPLOYMENT]: JSON.parse(text) });
  controllers(cluster);
  const { code, err } = await cluster.run('deploy shop --image registry.local/shop:1.2');
  t.equal(code, 0, err);
  t.match(err, 'green leaves the list until it is ready: its rollout may leave it empty\n');
  t.match(err, 'green is listed again, with weight 0\n');
  t.strictSame(
    writes(cluster).map(({ url }) => url.split('?')[0]),
    [SHOP, DEPLOYMENT, SHOP],
  );
});

/** A ready Traefik pod with these arguments. */
function traefik(...args: readonly string[]): Record<string, object> {
  return {
    '/api/v1/namespaces/traefik/pods/traefik-1': {
      metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
      spec: { containers: [{ args: ['--providers.kubernetescrd', ...args] }] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
  };
}
const ALLOWS = '--providers.kubernetescrd.allowemptyservices=true';

t.test('where Traefik has allowEmptyServices=false, the preview leaves the list for any rollout', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), ...traefik() });
  controllers(cluster);
  const dry = await cluster.run('deploy shop --image registry.local/shop:1.2 --dry-run');
  const why = 'green leaves the list until it is ready: with allowEmptyServices=false Traefik answers 404';
  t.match(dry.err, new RegExp(`${why}.* \\(dry run\\)\n`));
  t.equal(writes(cluster).length, 0);
  const { code, err } = await cluster.run('deploy shop --image registry.local/shop:1.2');
  t.equal(code, 0, err);
  t.match(err, why);
  t.match(err, 'green is listed again, with weight 0\n');
  t.strictSame(
    writes(cluster).map(({ url }) => url.split('?')[0]),
    [SHOP, DEPLOYMENT, SHOP],
  );
  const allowing = await fakeCluster(t, { ...shop(), ...traefik(ALLOWS) });
  controllers(allowing);
  t.notMatch((await allowing.run('deploy shop --image registry.local/shop:1.2')).err, 'leaves the list');
  t.equal(writes(allowing).length, 1);
});

t.test(
  'a preview that left the list and does not get ready: production is on one color, and how to go on',
  async (t) => {
    const cluster = await fakeCluster(t, { ...shop(), ...traefik() });
    const { code, err } = await cluster.run('deploy shop --image registry.local/shop:1.2 --timeout 0');
    t.equal(code, 3);
    t.match(
      err,
      'Production is as it was, and green stays out of the list. To go on waiting, or with another --image: ',
    );
    t.match(stored(cluster).services, [{ name: 'blue', weight: 100 }]);
    t.equal(stored(cluster).services.length, 1);
  },
);

t.test('--detached: the preview stays out of the list, and its promotion lists it', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  controllers(cluster);
  const { code, err } = await cluster.run('deploy shop --detached');
  t.equal(code, 0, err);
  t.match(err, 'green leaves the list until it is promoted\n');
  t.equal(stored(cluster).services.length, 1);
  const promoted = await cluster.run('promote shop');
  t.equal(promoted.code, 0, promoted.err);
  t.match(stored(cluster).services, [
    { name: 'blue', weight: 0 },
    { name: 'green', weight: 100, port: 80 },
  ]);
});

t.test('what the webhook denies of a listed preview only is no reason to stop; anything else is', async (t) => {
  const denials: readonly (readonly [string, number])[] = [
    ['preview-workload: Deployment green replaces all pods at once while TraefikService shop lists green', 0],
    ['active-workload: Deployment green serves production', 1],
  ];
  for (const [message, expected] of denials) {
    const cluster = await fakeCluster(t, { ...shop(), ...traefik() });
    controllers(cluster);
    const controlled = cluster.intercept;
    cluster.intercept = (call) =>
      call.method === 'PATCH' && call.url.startsWith(DEPLOYMENT) && call.url.includes('dryRun')
        ? status(403, 'Forbidden', `admission webhook "guard.bluegreen.dev" denied the request: ${message}`)
        : controlled(call);
    const { code, err } = await cluster.run('deploy shop --image registry.local/shop:1.2');
    t.equal(code, expected, err);
    t.equal(stored(cluster).services.length, 2);
  }
});
