import t from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { Call } from '../../api-server.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { IMAGES, PROMOTED, SHOP, TESTED, colorObjects, shop } from '../shop.ts';

const NAME = 'traefikservice.traefik.io/shop';
const DEPLOYMENT = '/apis/apps/v1/namespaces/demo/deployments/green';

interface Service {
  readonly name: string;
  readonly weight: number;
}

function stored(cluster: FakeCluster): { services: Service[]; annotations: Record<string, string> } {
  const object: { metadata: { annotations: Record<string, string> }; spec: { weighted: { services: Service[] } } } =
    JSON.parse(JSON.stringify(cluster.objects.get(SHOP)));
  return { services: object.spec.weighted.services, annotations: object.metadata.annotations };
}

function writes(cluster: FakeCluster): readonly Call[] {
  return cluster.calls.filter(({ method, url }) => method !== 'GET' && !url.includes('dryRun'));
}

/** Plays the controllers: what is asked of green's Deployment is there at once, as pods of another revision. */
function controllers(cluster: FakeCluster): void {
  cluster.intercept = ({ method, url, body }) => {
    if (method !== 'PATCH' || !url.startsWith(DEPLOYMENT) || url.includes('dryRun')) return null;
    const patch: { spec: { replicas?: number; template?: { spec: { containers: { image: string }[] } } } } =
      JSON.parse(body);
    const image = patch.spec.template?.spec.containers[0]?.image ?? IMAGES.green;
    const replicas = patch.spec.replicas ?? 2;
    for (const key of cluster.objects.keys()) if (key.includes('/pods/green-')) cluster.objects.delete(key);
    const text = JSON.stringify(colorObjects('green', replicas)).replaceAll(IMAGES.green, image);
    const objects: Record<string, object> = JSON.parse(text);
    for (const [path, object] of Object.entries(objects)) cluster.put(path, object);
    return { status: 200, body: cluster.objects.get(DEPLOYMENT) };
  };
}

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
