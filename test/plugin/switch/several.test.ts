import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, shop, TESTED } from '../shop.ts';

// Several releases of a namespace in one command: by name, by label, and all of them.

const CART = SHOP.replace(/shop$/, 'cart');

/** Releases shop and cart, alike but for their labels, of which green is active in both. */
function two(
  cart: Readonly<Record<string, string>> = PROMOTED,
  own: Readonly<Record<string, string>> = PROMOTED,
): Record<string, object> {
  const ours = labelled(shop({ weights: [0, 100], annotations: own })[SHOP], { team: 'web', tier: 'front' });
  const theirs = labelled(shop({ weights: [0, 100], annotations: cart })[SHOP], { team: 'web' });
  return { ...shop(), [SHOP]: ours, [CART]: theirs };
}

function labelled(object: object | undefined, labels: Readonly<Record<string, string>>): object {
  const metadata = object !== undefined && 'metadata' in object ? object.metadata : {};
  return { ...object, metadata: { ...(typeof metadata === 'object' ? metadata : {}), labels } };
}

const BACK = /\.traefik\.io\/(?:shop|cart) rolled back\n/g;

t.test('rollback of several names', async (t) => {
  const cluster = await fakeCluster(t, two());
  const { code, out, err } = await cluster.run('rollback shop cart');
  t.equal(code, 0);
  t.equal(out.match(BACK)?.length, 2, out);
  for (const name of ['shop', 'cart'])
    t.match(err, `traefikservice.traefik.io/${name}: green → blue: blue (shop:1.0) is active again.\n`);
});

t.test('what cannot go back keeps none of the others', async (t) => {
  const cluster = await fakeCluster(t, two({}));
  const { code, out, err } = await cluster.run('rollback cart shop');
  t.equal(code, 1);
  t.match(out, 'traefikservice.traefik.io/shop rolled back');
  t.match(err, 'traefikservice.traefik.io/cart: error: nothing to roll back to: ');
  t.match(err, '1 of 2 did not go back; the others did.\n');
  const neither = await fakeCluster(t, two({}, {}));
  t.match((await neither.run('rollback cart shop')).err, '2 of 2 did not go back.\n');
});

t.test('rollback by label goes back where there is a version to go back to', async (t) => {
  const cluster = await fakeCluster(t, two({}));
  const { code, out, err } = await cluster.run('rollback -l team=web');
  t.equal(code, 0, err);
  t.match(out, 'traefikservice.traefik.io/shop rolled back');
  t.match(err, 'traefikservice.traefik.io/cart stays as it is: ');
  t.match(await cluster.run('rollback -l team=web'), { code: 1, err: 'error: nothing to roll back to\n' });
  t.match((await cluster.run('rollback -l team=none')).err, 'namespace "demo" has the labels team=none');
  t.match((await cluster.run('rollback shop -l team=web')).err, 'error: name cannot be provided when a selector');
});

t.test('rollback --all asks first', async (t) => {
  const cluster = await fakeCluster(t, two());
  t.match(await cluster.run('rollback --all'), { code: 1, err: 'without a terminal, say --yes' });
  const no = await cluster.run('rollback --all', { tty: true, stdin: '\n' });
  t.match(no, { code: 1, out: '' });
  t.match(no.err, /2 of namespace demo would go back:\n.*cart\n.*shop\nGo back\? \[y\/N\] .*nothing was changed/s);
  t.equal((await cluster.run('rollback --all --dry-run=server')).code, 0);
  const yes = await cluster.run('rollback --all --no-color', { tty: true, stdin: 'y\n' });
  t.equal(yes.code, 0);
  t.equal(yes.out.match(BACK)?.length, 2, yes.out);
  t.match((await cluster.run('rollback --all shop')).err, '--all takes no NAME and no label');
});

t.test('promote by label', async (t) => {
  const objects = {
    ...shop({ annotations: TESTED }),
    [CART]: labelled(shop({ annotations: TESTED })[SHOP], { team: 'web' }),
  };
  const cluster = await fakeCluster(t, objects);
  const { code, out, err } = await cluster.run('promote -l team=web');
  t.equal(code, 0, err);
  t.equal(out, 'traefikservice.traefik.io/cart promoted\n');
});

t.test('freeze and unfreeze, by name and by label', async (t) => {
  const cluster = await fakeCluster(t, two());
  const frozen = await cluster.run('freeze shop cart --reason weekend');
  t.equal(frozen.out, 'traefikservice.traefik.io/shop frozen\ntraefikservice.traefik.io/cart frozen\n');
  t.match((await cluster.run('freeze shop nope --reason x')).err, 'not found');
  t.match(
    JSON.stringify(cluster.objects.get(SHOP)),
    '"bluegreen.dev/frozen":"weekend (by jane, ',
    'all are found before the first',
  );
  t.equal((await cluster.run('unfreeze -l tier=front')).out, 'traefikservice.traefik.io/shop unfrozen\n');
});

t.test('list by label, and sorted', async (t) => {
  const cluster = await fakeCluster(t, two());
  t.equal((await cluster.run('list -l tier=front -o name')).out, 'traefikservice.traefik.io/shop\n');
  t.match((await cluster.run('list --no-headers')).out, /^cart .*\nshop .*\n$/);
  t.match((await cluster.run('list --no-headers --sort-by=.metadata.labels.tier')).out, /^cart .*\nshop .*\n$/);
  t.match((await cluster.run(['list', '--no-headers', '--sort-by', '{.metadata.name}'])).out, /^cart .*\nshop .*\n$/);
  t.equal((await cluster.run('list -l tier=none')).err, 'No resources found in demo namespace.\n');
});
