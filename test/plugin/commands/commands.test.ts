import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { run } from '../run.ts';
import { PROMOTED, SHOP, shop, TESTED } from '../shop.ts';
import { allTo } from '../../objects.ts';

t.test('list', async (t) => {
  const cluster = await fakeCluster(
    t,
    shop({ weights: [0, 100], annotations: { ...PROMOTED, 'bluegreen.dev/frozen': 'why' } }),
  );
  t.equal(
    (await cluster.run('list -A')).out,
    `NAMESPACE   NAME   ACTIVE   BLUE   GREEN   VERSION    ROLLBACK-TO   SMOKE-TEST   FROZEN   AGE
demo        shop   green    0      100     shop:1.1   blue          <none>       true     120m
`,
  );
  t.equal((await cluster.run('list -o name')).out, 'traefikservice.traefik.io/shop\n');
  t.equal((await cluster.run('list -o jsonpath={.items[*].metadata.name}')).out, 'shop');
  t.equal((await cluster.run('list -n empty')).err, 'No resources found in empty namespace.\n');
  t.match((await cluster.run('list --no-headers')).out, /^shop /);
});

t.test('history, newest first', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  t.equal(
    (await cluster.run('history shop')).out,
    `KIND        FROM     TO      VERSION    REVISION   BY      AGE
promotion   blue     green   shop:1.1   bbb222     alice   120m
creation    <none>   blue    shop:1.0   aaa111     bob     28d
`,
  );
  t.equal((await cluster.run('history -o jsonpath={.entries[0].by}')).out, 'alice');
});

t.test('status', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  t.equal(
    (await cluster.run('status')).out,
    `Release:    traefikservice.traefik.io/shop in namespace demo
Active:     blue

COLOR   ROLE      WEIGHT   VERSION    READY   SMOKE-TEST
blue    active    100      shop:1.0   2/2     -
green   preview   0        shop:1.1   2/2     passed(5m)

POD                 READY   STATUS    RESTARTS   AGE
blue
├─ blue-aaa111-0    1/1     Running   0          120m
└─ blue-aaa111-1    1/1     Running   0          120m
green
├─ green-bbb222-0   1/1     Running   0          120m
└─ green-bbb222-1   1/1     Running   0          120m

Promote:    possible to green: kubectl bluegreen promote shop -n demo
Rollback:   not now
            - no promotion was recorded on it yet
`,
  );
  t.equal((await cluster.run('status -o jsonpath={.active}')).out, 'blue');
  t.match((await cluster.run('status', { tty: true })).out, '\u001B[34mblue\u001B[0m');
  t.notMatch((await cluster.run('status', { tty: true, env: { NO_COLOR: '1' } })).out, '\u001B');
  t.notMatch((await cluster.run('status --no-color', { tty: true })).out, '\u001B');
});

t.test('what would undo a switch', async (t) => {
  const applied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: allTo('blue') }) };
  const fields = { 'f:spec': { 'f:weighted': { 'f:services': {} } } };
  const managedFields = [{ manager: 'argocd-controller', operation: 'Apply', fieldsV1: fields }];
  const cluster = await fakeCluster(t, shop({ annotations: { ...TESTED, ...applied }, managedFields }));
  const { out } = await cluster.run('status');
  t.match(out, 'the manifest that was applied last sets the weights (blue 100, green 0)');
  t.match(
    out,
    'Argo CD (field manager "argocd-controller") owns the list of services: its next sync sets the weights back if its source holds them',
  );
});

t.test('status of all namespaces is a list', async (t) => {
  t.match(await run('status -A'), {
    code: 1,
    err: "error: status shows one release; for those of all namespaces: 'kubectl bluegreen list -A'\n",
  });
});

t.test('freeze, unfreeze, retire', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: TESTED }));
  t.equal(
    (await cluster.run('freeze shop --reason weekend --dry-run=server')).out,
    'traefikservice.traefik.io/shop frozen (server dry run)\n',
  );
  t.equal((await cluster.run('freeze shop --reason weekend')).out, 'traefikservice.traefik.io/shop frozen\n');
  t.equal((await cluster.run('freeze shop --reason weekend')).out, 'traefikservice.traefik.io/shop unchanged\n');
  t.match(await cluster.run('promote shop'), { code: 1, err: 'frozen: ' });
  t.match((await cluster.run('status')).out, 'Frozen:     weekend');
  t.equal((await cluster.run('unfreeze shop')).out, 'traefikservice.traefik.io/shop unfrozen\n');
  t.equal((await cluster.run('unguard shop')).out, 'traefikservice.traefik.io/shop unguarded\n');
  t.match(JSON.stringify(cluster.objects.get(SHOP)), '"bluegreen.dev/unguard":"teardown"');
  t.match(
    (await cluster.run('status')).out,
    'Unguarded:  teardown. The guards do not protect it; to guard it again: kubectl',
  );
  t.equal((await cluster.run('unguard shop --undo')).out, 'traefikservice.traefik.io/shop guarded again\n');
});

t.test('completion', async (t) => {
  const cluster = await fakeCluster(t, { ...shop(), '/api/v1/namespaces/demo': {}, '/api/v1/namespaces/dev': {} });
  async function complete(...words: readonly string[]) {
    return (await cluster.run(['__complete', ...words])).out;
  }
  t.equal(await complete('rollb'), 'rollback\tSend production back to the previous version\n:4\n');
  t.equal(await complete('status', ''), 'shop\n:4\n');
  t.equal(await complete('status', '-n', 'other', ''), ':4\n');
  t.equal(await complete('promote', '--to', ''), 'blue\ngreen\n:4\n');
  t.equal(await complete('promote', '--to=g'), 'green\n:4\n', "kubectl's scripts put the flag before it");
  t.equal(
    await complete('status', '--output='),
    'json\nyaml\nname\nwide\njsonpath=\ncustom-columns=\ngo-template=\n:4\n',
  );
  t.equal(await complete('promote', 'traefikservice/s'), 'traefikservice/shop\n:4\n', 'the kind stays');
  t.equal(await complete('promote', '--wait='), 'true\nfalse\n:4\n');
  t.match(await complete('help', 'prom'), /^promote\t.*\n:4\n$/);
  t.equal(await complete('help', 'promote', ''), ':4\n');
  const other = JSON.stringify({ contexts: [{ name: 'other', context: {} }] });
  for (const words of [['--kubeconfig', 'other.yaml'], ['--kubeconfig=other.yaml']]) {
    const { out } = await cluster.run(['__complete', ...words, '--context', ''], { files: { 'other.yaml': other } });
    t.equal(out, 'other\n:4\n', 'of the kubeconfig that the line names');
  }
  t.equal(await complete('status', '-o', 'jsonp'), 'jsonpath=\n:6\n', 'the template follows without a space');
  t.equal(await complete('-n', 'd'), 'demo\ndev\n:4\n');
  t.equal(await complete('status', '--context', ''), 'fake\n:4\n');
  t.match(await complete('promote', '--dry'), /^--dry-run\tMust be/);
  t.equal(await complete('logs', '--color', ''), 'blue\ngreen\nactive\npreview\n:4\n');
  t.equal(await complete('completion', 'z'), 'zsh\n:4\n');
  t.equal(await complete('status', 'shop', ''), ':4\n', 'no second name where there is one');
  t.equal(await complete('promote', 'shop', ''), ':4\n', 'no name twice');
  t.equal(await complete('promote', '--to', 'green', ''), 'shop\n:4\n', 'the value of a flag is no name');
  for (const words of [
    ['smoke', '-f', ''],
    ['lint', ''],
    ['smoke', '--job='],
    ['--kubeconfig', ''],
  ]) {
    t.equal(await complete(...words), ':0\n', `files for ${words.join(' ')}`);
  }
  t.equal(await complete('smoke', 'shop', '--', ''), ':0\n', 'what is behind -- is a command line of its own');
});

t.test('status --wait waits until production is healthy, or for its time', async (t) => {
  const well = await fakeCluster(t, shop({ annotations: TESTED }));
  t.match(await well.run('status shop --wait'), { code: 0, out: /^Release: / });
  const small = await fakeCluster(t, shop({ replicas: { blue: 0, green: 2 } }));
  const { code, out, err } = await small.run('status shop --wait --timeout 3s', { hurried: true });
  t.equal(code, 3);
  t.match(out, 'Release: ', 'the last look is printed');
  t.match(err, 'Waiting: ');
  t.match(
    err,
    /error: timed out after 3s waiting for traefikservice\.traefik\.io\/shop to be healthy: .*blue has 0 of 1 endpoints ready/,
  );
  const split = await fakeCluster(t, shop({ weights: [60, 40] }));
  t.match(await split.run('status shop --wait --timeout 0s'), { code: 3, err: 'requests get more than one version' });
  t.match(await split.run('status shop --wait -w'), { code: 1, err: 'exclude each other' });
});

t.test('list -o json has what is active and the record as objects', async (t) => {
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations: PROMOTED }));
  const { items }: { items: readonly unknown[] } = JSON.parse((await cluster.run('list -A -o json')).out);
  t.match(items[0], {
    kind: 'TraefikService',
    status: {
      active: 'green',
      previous: 'blue',
      services: { blue: 'blue', green: 'green' },
      weights: { blue: 0, green: 100 },
      frozen: null,
      record: { active: { color: 'green', by: 'alice' }, history: [{ kind: 'creation' }, { kind: 'promotion' }] },
    },
  });
  t.equal((await cluster.run('list -A -o jsonpath={.items[*].status.active}')).out, 'green');
});
