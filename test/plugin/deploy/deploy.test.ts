import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { IMAGES, PROMOTED, SHOP, shop } from '../shop.ts';
import { DEPLOYMENT, controllers, stored, writes } from './preview.ts';

const NAME = 'traefikservice.traefik.io/shop';

t.test('one image for all containers', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const deployment = JSON.parse(JSON.stringify(cluster.objects.get(DEPLOYMENT)));
  deployment.spec.template.spec.containers.push({ name: 'side', image: 'registry.local/side:1.1' });
  deployment.spec.template.spec.initContainers = [{ name: 'first', image: 'registry.local/first:1.1' }];
  cluster.put(DEPLOYMENT, deployment);
  const { code, err } = await cluster.run([
    'deploy',
    'shop',
    '--image',
    '*=registry.local/shop:1.2',
    '--dry-run=client',
  ]);
  t.equal(code, 0, err);
  t.match(err, 'deployment.apps/green gets app=shop:1.2, side=shop:1.2, first=shop:1.2 (dry run)\n');
  t.match(await cluster.run(['deploy', 'shop', '--image', '*=a:1', '--image', 'app=b:1']), {
    code: 1,
    err: "error: --image '*=IMAGE' excludes others\n",
  });
});

t.test('a new image: told, rolled out, ready', async (t) => {
  const cluster = await fakeCluster(t, shop());
  controllers(cluster);
  const { code, out, err } = await cluster.run('deploy shop --image app=registry.local/shop:1.2');
  t.equal(code, 0, err);
  t.equal(out, `${NAME} deployed\n`);
  t.match(err, 'deployment.apps/green gets app=shop:1.2\n');
  t.match(err, 'green is ready. To test it: kubectl bluegreen smoke shop -n demo --path /\n');
  t.strictSame(
    writes(cluster).map(({ url, body }) => [url.split('?')[0], JSON.parse(body)]),
    [
      [
        DEPLOYMENT,
        { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.local/shop:1.2' }] } } } },
      ],
    ],
    'nothing but the image is sent',
  );
  const again = await cluster.run('deploy shop --image registry.local/shop:1.2');
  t.strictSame([again.code, again.out], [0, `${NAME} unchanged\n`]);
  t.equal(writes(cluster).length, 1, 'and a second time nothing');
});

t.test('the way back is taken away first, in words', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const { err } = await cluster.run('deploy --image registry.local/shop:1.2 --timeout 0');
  t.match(err, 'Warning: the instant rollback to blue (shop:1.0) is gone from now on: blue gets a new version\n');
  t.equal(stored(cluster).annotations['bluegreen.dev/previous'], 'none');
  const [first, second] = writes(cluster);
  t.match([first?.url, second?.url], [/traefikservices\/shop/, /deployments\/blue/]);
});

t.test('a decommissioned preview is scaled like the active color and listed again once it is ready', async (t) => {
  const cluster = await fakeCluster(t, shop({ listed: ['blue'], replicas: { blue: 3, green: 0 } }));
  controllers(cluster);
  const { code, out, err } = await cluster.run('deploy shop');
  t.equal(code, 0, err);
  t.equal(out, `${NAME} deployed\n`);
  t.match(err, 'deployment.apps/green gets 3 replicas\n');
  t.match(err, 'green is listed again, with weight 0\n');
  t.match(stored(cluster).services, [
    { name: 'blue', weight: 100 },
    { name: 'green', weight: 0, port: 80, responseForwarding: { flushInterval: '1ms' } },
  ]);
});

t.test('a preview that does not get ready is not listed', async (t) => {
  const cluster = await fakeCluster(t, shop({ listed: ['blue'], replicas: { blue: 2, green: 0 } }));
  const { code, out, err } = await cluster.run('deploy shop --timeout 0');
  t.equal(code, 3);
  t.equal(out, '');
  t.match(err, 'error: timed out after 0s waiting for green to be ready (0 of 2 ready):\n');
  t.match(err, 'Production is as it was.');
  t.equal(stored(cluster).services.length, 1);
});

t.test('the active color is never deployed to', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const { code, err } = await cluster.run('deploy shop --to blue --image registry.local/shop:1.2');
  t.equal(code, 1);
  t.match(err, 'error: blue is active, and what serves production is never changed under its feet.');
  const live = await cluster.run(`deploy shop --image ${IMAGES.blue}`);
  t.strictSame([live.code, live.out], [0, `${NAME} unchanged\n`]);
  t.match(live.err, 'blue is active and has these images already.');
  t.equal(writes(cluster).length, 0);
});

t.test('what cannot be deployed by itself is denied, with what to do', async (t) => {
  const objects = shop();
  const green: Record<string, unknown> = JSON.parse(JSON.stringify(objects[DEPLOYMENT]));
  const paused = JSON.parse(JSON.stringify(green).replace('"spec":{', '"spec":{"paused":true,'));
  const set = DEPLOYMENT.replace('deployments', 'statefulsets');
  const onDelete = {
    ...JSON.parse(JSON.stringify(green).replace('"spec":{', '"spec":{"updateStrategy":{"type":"OnDelete"},')),
  };
  const { [DEPLOYMENT]: _, ...without } = objects;
  const cases: readonly (readonly [string, Record<string, object>, string])[] = [
    ['paused', { ...objects, [DEPLOYMENT]: paused }, 'kubectl rollout resume deployment/green -n demo'],
    ['OnDelete', { ...without, [set]: onDelete }, 'set RollingUpdate'],
    ['nothing', without, 'no Deployment or StatefulSet has pod labels that Service green selects'],
    [
      'several',
      { ...objects, [set]: green },
      'several workloads stand behind Service green (deployment.apps/green, statefulset.apps/green)',
    ],
    [
      'replicaset',
      { ...without, [DEPLOYMENT.replace('deployments', 'replicasets')]: green },
      'does not replace its pods by itself',
    ],
  ];
  for (const [name, given, words] of cases) {
    const cluster = await fakeCluster(t, given);
    const { code, err } = await cluster.run('deploy shop --image registry.local/shop:1.2');
    t.equal(code, 1, name);
    t.match(err, words);
    t.equal(writes(cluster).length, 0);
  }
});

t.test('a StatefulSet that waits for a broken pod of the former version: which, and what to do', async (t) => {
  const objects = shop();
  const { [DEPLOYMENT]: deployment, ...rest } = objects;
  const set = DEPLOYMENT.replace('deployments', 'statefulsets');
  const green: Record<string, unknown> = JSON.parse(JSON.stringify(deployment));
  const unready = JSON.parse(JSON.stringify(rest).replaceAll('"status":"True"', '"status":"False"'));
  const cluster = await fakeCluster(t, { ...unready, [set]: { ...green, status: {} } });
  t.match(await cluster.run('deploy shop --image registry.local/shop:1.2 --timeout 0'), {
    code: 3,
    err: '- pod green-bbb222-0 is of the former version and not ready, and the StatefulSet waits for it. To have it replaced: kubectl delete pod green-bbb222-0 -n demo',
  });
});

t.test('wrong words', async (t) => {
  const cluster = await fakeCluster(t, shop());
  async function say(...args: readonly string[]) {
    return (await cluster.run(['deploy', 'shop', ...args])).err;
  }
  t.match(await say('--image', 'web=x:1'), 'error: green has no container "web", only app\n');
  t.match(await say('--image', '=x:1'), 'expected CONTAINER=IMAGE, or IMAGE alone');
  t.match(await say('--image', 'x:1', '--image', 'app=x:1'), 'with several images, name the container of each');
  t.match(await say('--image', 'app=x:1', '--image', 'app=x:2'), '--image names container "app" twice');
  t.match(await say('--replicas', '0'), 'must be a whole number of at least 1');
});

t.test('dry runs change nothing', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const before = JSON.stringify([...cluster.objects]);
  const client = await cluster.run('deploy shop --image registry.local/shop:1.2 --dry-run');
  t.equal(client.out, `${NAME} deployed (dry run)\n`);
  t.match(client.err, 'deployment.apps/blue gets app=shop:1.2 (dry run)\n');
  t.equal(writes(cluster).length, 0);
  const server = await cluster.run('deploy shop --image registry.local/shop:1.2 --dry-run=server');
  t.equal(server.out, `${NAME} deployed (server dry run)\n`);
  t.ok(writes(cluster).every(({ url }) => url.includes('dryRun=All')));
  t.equal(JSON.stringify([...cluster.objects]), before);
});

t.test('somebody switches meanwhile: it stops', async (t) => {
  const cluster = await fakeCluster(t, shop({ listed: ['blue'], replicas: { blue: 2, green: 2 } }));
  let reads = 0;
  cluster.intercept = ({ method, url }) => {
    if (method !== 'GET' || !url.startsWith(SHOP)) return null;
    reads += 1;
    if (reads < 2) return null;
    return {
      status: 200,
      body: { ...shop({ weights: [0, 100] })[SHOP], metadata: { name: 'shop', namespace: 'demo' } },
    };
  };
  const { code, err } = await cluster.run('deploy shop');
  t.equal(code, 1);
  t.match(err, `error: ${NAME} was switched to green while this command ran, so it stopped`);
});
