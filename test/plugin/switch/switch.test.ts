import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import { PROMOTED, SHOP, TESTED, colorObjects, shop } from '../shop.ts';

type Weights = Record<string, number>;

function weights(object: unknown): Weights {
  const parsed: { spec: { weighted: { services: { name: string; weight: number }[] } } } = JSON.parse(
    JSON.stringify(object),
  );
  return Object.fromEntries(parsed.spec.weighted.services.map(({ name, weight }) => [name, weight]));
}

t.test('promote', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  const dry = await cluster.run('promote shop --dry-run=server');
  t.equal(dry.out, 'traefikservice.traefik.io/shop promoted (server dry run)\n');
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 100, green: 0 });
  const client = await cluster.run('promote shop --dry-run=client -o jsonpath={.spec.weighted.services[*].weight}');
  t.equal(client.out, '0 100');
  const { code, out, err } = await cluster.run('promote shop');
  t.equal(code, 0);
  t.equal(out, 'traefikservice.traefik.io/shop promoted\n');
  t.match(err, 'blue → green: green (shop:1.1) is active now.');
  t.match(err, 'the webhook did not record this switch');
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 0, green: 100 });
  const patches = cluster.calls.filter((call) => call.method === 'PATCH');
  t.match(patches.at(-1)?.url, /fieldManager=kubectl-bluegreen/);
  t.equal(patches.at(-1)?.headers.authorization, 'Bearer secret');
  t.match(JSON.stringify(cluster.objects.get(SHOP)), 'flushInterval', 'fields that the plugin does not know stay');
  const again = await cluster.run('promote shop --to green');
  t.strictSame([again.code, again.out], [0, 'traefikservice.traefik.io/shop unchanged\n']);
});

t.test('promote is denied with every reason, and changes nothing', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const { code, out, err } = await cluster.run('promote shop');
  t.equal(code, 1);
  t.equal(out, '');
  t.match(
    err,
    'error: traefikservice.traefik.io/shop cannot be promoted to green. Nothing was changed:\n  - smoke-test: ',
  );
  t.equal(cluster.calls.filter((call) => call.method !== 'GET').length, 0);
});

t.test(
  'promote tells of another TraefikService on the same colors, once, whether the webhook does or not',
  async (t) => {
    const www = '/apis/traefik.io/v1alpha1/namespaces/demo/traefikservices/www';
    const other = JSON.parse(JSON.stringify(Object.values(shop())[0]));
    const cluster = await fakeCluster(t, {
      ...shop({ annotations: TESTED }),
      [www]: { ...other, metadata: { name: 'www' } },
    });
    const said =
      'shared-color: TraefikService www sends requests to blue, this one to green: a switch moves only one. ' +
      'Right for a preview host; to move it, too: kubectl bluegreen promote www -n demo';
    const alone = await cluster.run('promote shop --dry-run=client');
    t.equal(alone.err.split(said).length, 2, alone.err);
    cluster.intercept = ({ method }) =>
      method === 'PATCH'
        ? { status: 200, body: cluster.objects.get(SHOP), headers: { warning: `299 - "${said}"` } }
        : null;
    const both = await cluster.run('promote shop');
    t.equal(both.err.split(said).length, 2, both.err);
  },
);

t.test('a second promote does not go back', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const { code, err } = await cluster.run('promote shop');
  t.equal(code, 1);
  t.match(err, 'blue is the version that green replaced. To roll back to it: kubectl bluegreen rollback shop -n demo');
});

t.test('somebody else was faster', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = ({ method }) => {
    if (method !== 'PATCH') return null;
    cluster.intercept = () => null;
    const changed: { metadata: { resourceVersion: string } } = JSON.parse(
      JSON.stringify(shop({ weights: [0, 100] })[SHOP]),
    );
    cluster.objects.set(SHOP, {
      ...changed,
      metadata: {
        name: 'shop',
        namespace: 'demo',
        resourceVersion: '9',
        managedFields: [{ manager: 'kubectl-patch', time: '2026-03-01T11:59:50Z' }],
      },
    });
    return null;
  };
  t.match(await cluster.run('promote shop'), {
    code: 1,
    err: 'was changed by "kubectl-patch" (10s ago) while this command ran: the weights went from blue 100 / green 0 to blue 0 / green 100',
  });
});

t.test('several names: what was switched is undone when one fails', async (t) => {
  const second = SHOP.replace('shop', 'cart');
  const objects = shop({ annotations: TESTED });
  const cluster = await fakeCluster(t, { ...objects, [second]: objects[SHOP] ?? {} });
  cluster.intercept = ({ method, url }) =>
    method === 'PATCH' && url.includes('/cart') ? status(403, 'Forbidden', 'admission webhook said no') : null;
  const { code, out, err } = await cluster.run('promote shop cart');
  t.equal(code, 1);
  t.equal(out, 'traefikservice.traefik.io/shop promoted\n');
  t.match(
    err,
    'Error from server (Forbidden): admission webhook said no\ntraefikservice.traefik.io/shop switched back\n',
  );
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 100, green: 0 });
});

t.test('rollback', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const { code, out, err } = await cluster.run('rollback');
  t.equal(code, 0);
  t.equal(out, 'traefikservice.traefik.io/shop rolled back\n');
  t.match(err, 'green → blue: blue (shop:1.0) is active again.');
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 100, green: 0 });
});

t.test('rollback scales up a color that was scaled down, and waits', async (t) => {
  const cluster = await fakeCluster(
    t,
    shop({ weights: [0, 100], annotations: PROMOTED, replicas: { blue: 0, green: 3 } }),
  );
  const scale = '/apis/apps/v1/namespaces/demo/deployments/blue/scale';
  cluster.objects.set(scale, { metadata: { name: 'blue', namespace: 'demo', resourceVersion: '1' }, spec: {} });
  cluster.intercept = ({ method, url, body }) => {
    if (method !== 'PATCH' || !url.includes('/scale')) return null;
    t.strictSame(JSON.parse(body), { spec: { replicas: 3 } });
    for (const [path, object] of Object.entries(colorObjects('blue', 3))) {
      const name = path.split('/').at(-1) ?? '';
      const given: { metadata?: object } = object;
      cluster.objects.set(path, {
        ...object,
        metadata: { ...given.metadata, name, namespace: 'demo', resourceVersion: '2' },
      });
    }
    return null;
  };
  const { code, err } = await cluster.run('rollback shop');
  t.equal(code, 0);
  t.match(err, 'blue is scaled down: scaling Deployment blue to 3 and waiting for it');
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 100, green: 0 });
});

t.test('rollback lists a color again that was taken out', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED, listed: ['green'] }));
  const { code } = await cluster.run('rollback shop');
  t.equal(code, 0);
  t.strictSame(weights(cluster.objects.get(SHOP)), { green: 0, blue: 100 });
});

t.test('rollback goes on when nothing but the object can be read', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  cluster.intercept = ({ url }) => (url.includes('traefik') ? null : status(403, 'Forbidden', 'pods is forbidden'));
  const { code, err } = await cluster.run('rollback shop');
  t.equal(code, 0);
  t.match(err, 'could not be read (pods is forbidden): going back all the same');
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 100, green: 0 });
});

t.test('nothing to roll back to', async (t) => {
  const cluster = await fakeCluster(t, shop());
  t.match(await cluster.run('rollback shop'), {
    code: 1,
    err: 'error: nothing to roll back to: no promotion was recorded on it yet. To send production to green all the same',
  });
});

t.test('a rollback that never gets ready times out with its own exit code', async (t) => {
  const cluster = await fakeCluster(
    t,
    shop({ weights: [0, 100], annotations: PROMOTED, replicas: { blue: 0, green: 1 } }),
  );
  const scale = '/apis/apps/v1/namespaces/demo/deployments/blue/scale';
  cluster.objects.set(scale, { metadata: { name: 'blue', namespace: 'demo', resourceVersion: '1' }, spec: {} });
  const { code, err } = await cluster.run('rollback shop --timeout 0s');
  t.equal(code, 3);
  t.match(err, 'timed out after 0s waiting for blue to be ready (0 of 1 are ready). Nothing was switched');
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 0, green: 100 });
});

t.test('who may patch and not read the colors promotes by what the webhook says', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  cluster.intercept = ({ method, url }) =>
    method === 'GET' && !url.includes('traefikservices')
      ? status(403, 'Forbidden', 'services "green" is forbidden: User "ci" cannot get resource "services"')
      : null;
  const { code, err } = await cluster.run('promote shop');
  t.equal(code, 0, err);
  t.match(err, /Warning: .*you may not read its colors \(.*is forbidden.*\): the webhook alone checks them/);
  t.strictSame(weights(cluster.objects.get(SHOP)), { blue: 0, green: 100 });
  const untested = await fakeCluster(t, shop());
  untested.intercept = cluster.intercept;
  t.match(await untested.run('promote shop'), { code: 1, err: 'smoke-test: ' }, 'what the object says counts');
});

t.test('--warnings-as-errors', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  t.equal((await cluster.run('freeze shop --warnings-as-errors')).code, 0);
  cluster.intercept = ({ method }) =>
    method === 'PATCH'
      ? { status: 200, body: cluster.objects.get(SHOP) ?? {}, headers: { warning: '299 - "careful"' } }
      : null;
  t.match(await cluster.run('unfreeze shop --warnings-as-errors'), {
    code: 1,
    err: 'Warning: careful\nerror: 1 warning received\n',
  });
});
