import t from 'tap';
import { fakeCluster } from '../fake-cluster.ts';
import { PROMOTED, SHOP, shop } from '../shop.ts';

const OVERRIDE = ['promote', 'shop', '--override', 'incident 42'];

t.test('an override promotes in one write with its reason, and says what it let through', async (t) => {
  const cluster = await fakeCluster(t, shop());
  const { code, out, err } = await cluster.run(OVERRIDE);
  t.equal(code, 0, err);
  t.equal(out, 'traefikservice.traefik.io/shop promoted\n');
  t.match(err, 'Warning: overridden (incident 42): smoke-test: green');
  const stored = JSON.stringify(cluster.objects.get(SHOP));
  t.match(stored, '"bluegreen.dev/override":"incident 42"');
  t.match(stored, '"name":"green","port":80,"weight":100');
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 1);
});

t.test('without the verb, without a reason and with a used one nothing is sent', async (t) => {
  const cluster = await fakeCluster(t, shop({ annotations: { 'bluegreen.dev/override': 'incident 41' } }));
  cluster.intercept = ({ url, body }) =>
    url.includes('accessreviews') && body.includes('"verb":"override"')
      ? { status: 201, body: { status: { allowed: false } } }
      : null;
  const denied = await cluster.run(OVERRIDE);
  t.equal(denied.code, 1);
  t.match(
    denied.err,
    'error: --override needs the verb override on traefikservices shop in demo, which you do not have.',
  );
  t.match((await cluster.run(['promote', 'shop', '--override', ' '])).err, 'error: --override needs a reason');
  t.match(
    (await cluster.run(['promote', 'shop', '--override', 'incident 41'])).err,
    'error: the override "incident 41" of traefikservice.traefik.io/shop was used by an earlier request. Give a new reason',
  );
  t.equal(cluster.calls.filter(({ method }) => method === 'PATCH').length, 0);
});

t.test('history tells an override from a plain promotion: kind, reason and by whom', async (t) => {
  const annotations = Object.fromEntries(
    Object.entries(PROMOTED).map(([key, value]) => [
      key,
      value.replace('"kind":"promotion"', '"override":"incident 42","kind":"promotion"'),
    ]),
  );
  const cluster = await fakeCluster(t, shop({ weights: [0, 100], annotations }));
  const { out } = await cluster.run('history shop -o wide');
  t.match(out, /^KIND +FROM +TO +VERSION +REVISION +BY +TIME +AGE +REASON\n/);
  t.match(out, /\npromotion\+override +blue +green +shop:1\.1 +bbb222 +alice +\S+ +120m +incident 42\n/);
  t.match(out, /\ncreation +<none> +blue .* bob .* <none>\n/);
  t.match((await cluster.run('history shop')).out, /\npromotion\+override +blue +green .* alice +120m\n/);
});
