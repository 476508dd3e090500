import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, shop, TESTED } from '../shop.ts';

/** A cluster whose user may not read these API groups of Traefik. */
async function without(
  t: Test,
  groups: readonly string[],
  objects: Readonly<Record<string, object>>,
  { served = true } = {},
): Promise<FakeCluster> {
  const cluster = await fakeCluster(t, objects);
  cluster.intercept = ({ url }) => {
    const group = groups.find((each) => url.includes(`/apis/${each}/v1alpha1`));
    if (group === undefined) return null;
    if (url === `/apis/${group}/v1alpha1`)
      return served ? { status: 200, body: { kind: 'APIResourceList' } } : status(404, 'NotFound', 'no such group');
    return status(403, 'Forbidden', `traefikservices.${group} is forbidden`);
  };
  return cluster;
}
const OLD = 'traefik.containo.us';

t.test('commands without a NAME work with RBAC on one API group only', async (t) => {
  const objects = shop({ weights: [0, 100], annotations: PROMOTED });
  for (const served of [true, false]) {
    const cluster = await without(t, [OLD], objects, { served });
    t.match((await cluster.run(['list'])).out, /^NAME .*\nshop /);
    t.equal((await cluster.run(['status', '-o', 'jsonpath={.active}'])).out, 'green');
    const back = await cluster.run(['rollback']);
    t.same([back.code, back.out], [0, 'traefikservice.traefik.io/shop rolled back\n']);
  }
});

t.test('and with RBAC on the older group only', async (t) => {
  const cluster = await without(t, ['traefik.io'], shop({ group: OLD, annotations: TESTED }));
  t.equal((await cluster.run(['promote'])).out, `traefikservice.${OLD}/shop promoted\n`);
  t.match((await cluster.run(['status', 'shop'])).out, `Release:    traefikservice.${OLD}/shop`);
});

t.test('where nothing was found, the group that may not be read is named', async (t) => {
  const cluster = await without(t, [OLD], { [SHOP.replace('shop', 'other')]: { spec: {} } });
  const said = `. TraefikServices of ${OLD} may exist, but: traefikservices.${OLD} is forbidden`;
  t.equal((await cluster.run(['list'])).err, `No resources found in demo namespace${said}.\n`);
  t.match((await cluster.run(['list', '-A'])).err, `No resources found${said}.\n`);
  t.match((await cluster.run(['status'])).err, `error: no blue-green TraefikService found in namespace "demo"`);
  t.match((await cluster.run(['status'])).err, said);
  t.match((await cluster.run(['decommission', '--all'])).err, `No blue-green releases found${said}.\n`);
  t.match((await cluster.run(['status', 'other'])).err, `has no blue/green pair`);
  t.match((await cluster.run(['status', 'other'])).err, said);
  t.equal(
    (await cluster.run(['status', 'shop'])).err,
    `error: traefikservices.traefik.io "shop" not found; traefikservices.${OLD} is forbidden\n`,
  );
  t.match(
    (await cluster.run(['doctor'])).out,
    `? the TraefikServices of ${OLD} could not be listed\n    Error from server (Forbidden): traefikservices.${OLD}`,
  );
});

t.test('a group that is forbidden and not served has nothing', async (t) => {
  const cluster = await without(t, [OLD], { [SHOP.replace('shop', 'other')]: { spec: {} } }, { served: false });
  t.equal((await cluster.run(['list'])).err, 'No resources found in demo namespace.\n');
  t.equal(
    (await cluster.run(['status', 'shop'])).err,
    'Error from server (NotFound): traefikservices.traefik.io "shop" not found\n',
  );
});

t.test('a group that is forbidden and not served is no doubt of doctor', async (t) => {
  const cluster = await without(t, [OLD], shop(), { served: false });
  const { out } = await cluster.run(['doctor']);
  t.match(out, "√ Traefik's custom resource definitions are installed: traefik.io\n");
  t.notMatch(out, 'could not be listed');
});

t.test('where no group may be read, the newer one is told of', async (t) => {
  const cluster = await without(t, ['traefik.io', OLD], {});
  const said = 'Error from server (Forbidden): traefikservices.traefik.io is forbidden\n';
  for (const args of [['list'], ['status'], ['status', 'shop']]) t.equal((await cluster.run(args)).err, said);
});

t.test('a list that fails otherwise is not passed off as the whole', async (t) => {
  const cluster = await fakeCluster(t, shop());
  cluster.intercept = ({ url }) => (url.includes(OLD) ? status(500, 'InternalError', 'etcd is away') : null);
  const { code, err } = await cluster.run(['list']);
  t.same([code, err], [1, 'Error from server (InternalError): etcd is away\n']);
});

t.test('another TraefikService on the same colors is seen with RBAC on one group only', async (t) => {
  const www = '/apis/traefik.io/v1alpha1/namespaces/demo/traefikservices/www';
  const other: object = JSON.parse(JSON.stringify(Object.values(shop())[0]));
  const objects = { ...shop({ annotations: TESTED }), [www]: { ...other, metadata: { name: 'www' } } };
  for (const served of [true, false]) {
    const { err } = await (await without(t, [OLD], objects, { served })).run(['promote', 'shop', '--dry-run=client']);
    t.match(err, 'shared-color: TraefikService www sends requests to blue, this one to green');
  }
  const alone = await without(t, [OLD], shop({ annotations: TESTED }), { served: false });
  t.equal((await alone.run(['promote', 'shop', '--dry-run=client'])).err, '');
  const unknown = await without(t, [OLD], shop({ annotations: TESTED }));
  t.match(
    (await unknown.run(['promote', 'shop', '--dry-run=client'])).err,
    `shared-color: whether another TraefikService sends requests to the same colors could not be read`,
  );
});
