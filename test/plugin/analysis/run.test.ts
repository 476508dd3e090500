import t from 'tap';
import { status } from '../fake-cluster.ts';
import type { Ran, World } from '../run.ts';
import { PROMOTED, SHOP, TESTED, shop } from '../shop.ts';
import { live, TRAEFIK, trafficShop } from './shop-traffic.ts';
import type { TrafficShop } from './shop-traffic.ts';

// The whole watch against an API server that plays a Traefik replica: a scrape is a second.

function promote(shop: TrafficShop, args: readonly string[] = [], world: World = {}): Promise<Ran> {
  return shop.run(['promote', 'shop', '--analyze', '60s', ...args], { hurried: true, ...world });
}
const open = trafficShop;
function outcome(shop: TrafficShop): string {
  const { metadata } = shop.objects.get(SHOP) ?? {};
  return JSON.stringify(metadata);
}

t.test('a good color stays, and what was seen is said and kept', async (t) => {
  const shop = await open(t);
  const { code, out, err } = await promote(shop);
  t.equal(code, 0, err);
  t.equal(out, 'traefikservice.traefik.io/shop promoted\n');
  t.match(err, 'Measuring blue for 10s before the switch');
  t.match(err, /shop: blue had \d+ requests, 0\.0% errors: the limits are raised by that/);
  t.match(err, /shop: green passed its analysis: \d+ requests .*errors 0\.0%/);
  t.equal(live(shop), 'green');
  t.match(outcome(shop), /bluegreen\.dev\/analysis.*Successful.*green/);
});

t.test('errors roll it back, with what was seen and its own exit code', async (t) => {
  const shop = await open(t);
  shop.customers = () => (live(shop) === 'green' ? { 200: 95, 500: 5 } : { 200: 100 });
  const { code, out, err } = await promote(shop);
  t.equal(code, 4, err);
  t.equal(out, 'traefikservice.traefik.io/shop promoted\ntraefikservice.traefik.io/shop rolled back\n');
  t.match(
    err,
    /shop: green failed its analysis \w+ after the switch:\n {2}- errors: \d+ of \d+ requests failed within \w+ /,
  );
  t.match(err, 'green → blue: blue is active again.');
  t.equal(live(shop), 'blue');
  t.match(outcome(shop), /bluegreen\.dev\/analysis.*Failed.*errors: .*rolledBack/);
});

t.test('the errors that blue had are not blamed on green', async (t) => {
  const shop = await open(t);
  shop.customers = () => ({ 200: 95, 500: 5 });
  const { code, err } = await promote(shop);
  t.equal(code, 0, err);
  t.match(err, 'blue had 1000 requests, 5.0% errors');
  t.equal(live(shop), 'green');
  const strict = await open(t);
  strict.customers = shop.customers;
  t.equal((await promote(strict, ['--baseline', '0'])).code, 4, 'unless there is no baseline');
});

t.test('too little traffic is said, and a flag decides', async (t) => {
  const shop = await open(t);
  shop.customers = () => (live(shop) === 'green' ? {} : { 200: 100 });
  const kept = await promote(shop);
  t.equal(kept.code, 5, 'a pipeline can tell it from a success');
  t.match(kept.err, 'the analysis of green is inconclusive: only 0 requests were counted, of the 20 that are needed');
  t.match(kept.err, 'green stays active (--on-inconclusive=keep)');
  const strict = await open(t);
  strict.customers = () => (live(strict) === 'green' ? {} : { 200: 100 });
  const back = await promote(strict, ['--on-inconclusive=rollback']);
  t.equal(back.code, 4);
  t.match(back.err, 'Rolling back (--on-inconclusive=rollback)');
  t.equal(live(strict), 'blue');
});

t.test('metrics that cannot be read: said before anything is switched', async (t) => {
  const shop = await open(t);
  shop.fails = ({ url }) => (url.includes(':9100/') ? status(503, 'ServiceUnavailable', 'no') : null);
  const { code, err } = await promote(shop);
  t.equal(code, 1);
  t.match(
    err,
    /Traefik's metrics cannot be read: 1 of 1 replicas do not answer with metrics \(traefik-1\).*Nothing was switched/,
  );
  t.equal(live(shop), 'blue');
  t.match(await promote(shop, ['--without-metrics']), { code: 0, err: 'only the pods are analyzed' });
  t.equal(live(shop), 'green');
});

t.test(
  'Traefik that forgot the services that are gone can count new ones; one that is set not to count them cannot',
  async (t) => {
    const cluster = await trafficShop(t);
    const earlier = 'traefik_entrypoint_requests_total{code="200",entrypoint="web"} 5\n';
    cluster.fails = (call) => (call.url.endsWith('/proxy/metrics') ? { status: 200, body: earlier } : null);
    async function promoteWith(...args: readonly string[]) {
      const containers = [{ ports: [{ name: 'metrics', containerPort: 9100 }], args }];
      Object.assign(cluster.objects.get(TRAEFIK) ?? {}, { spec: { containers } });
      return cluster.run('promote shop --analyze 2s', { hurried: true });
    }
    t.match((await promoteWith('--metrics.prometheus.addServicesLabels=false')).err, 'it does not count by service');
    t.match((await promoteWith('--configfile=/traefik.yaml')).err, 'it does not count by service');
    t.notMatch((await promoteWith('--metrics.prometheus=true')).err, 'does not count by service');
  },
);

t.test('Traefik that gets lost half-way: said, and made up for', async (t) => {
  const shop = await open(t);
  let scrapes = 0;
  shop.fails = ({ url }) => {
    if (!url.includes(':9100/')) return null;
    scrapes += 1;
    return scrapes > 20 && scrapes < 40 ? status(503, 'ServiceUnavailable', 'no') : null;
  };
  const { code, err } = await promote(shop);
  t.equal(code, 0, err);
  t.match(err, /data is missing at the moment, retrying: Traefik's metrics cannot be read\nData is read again/);
});

t.test('an API server that is away: what it decides is explicit, and a rollback keeps trying', async (t) => {
  const shop = await open(t);
  let gone = false;
  shop.fails = () => (gone ? status(500, 'InternalError', 'etcd is away') : null);
  shop.customers = (second) => {
    if (second > 30) gone = true;
    return { 200: 100 };
  };
  const { code, err } = await promote(shop);
  t.equal(code, 1, err);
  t.match(err, 'retrying: Error from server (InternalError): etcd is away');
  t.match(err, /the analysis of green is inconclusive: data was missing for the last \w+s/);
  t.match(err, 'the outcome of the analysis was not recorded');
  t.equal(live(shop), 'green');
  const strict = await open(t);
  let denied = 0;
  strict.customers = () => (live(strict) === 'green' ? { 500: 50 } : { 200: 100 });
  strict.fails = ({ method, body }) => {
    if (method !== 'PATCH' || !body.includes('rolledBack')) return null;
    denied += 1;
    return denied < 5 ? status(500, 'InternalError', 'etcd is away') : null;
  };
  const back = await promote(strict);
  t.equal(back.code, 4, back.err);
  t.equal([...back.err.matchAll(/is not rolled back yet, retrying/g)].length, 1, 'said once');
  t.equal(live(strict), 'blue');
});

t.test('a rollback that cannot be done is said, with what to do', async (t) => {
  const shop = await open(t);
  shop.customers = () => (live(shop) === 'green' ? { 500: 50 } : { 200: 100 });
  shop.fails = ({ method, body }) =>
    method === 'PATCH' && body.includes('rolledBack') ? status(403, 'Forbidden', 'no longer allowed') : null;
  const { code, err } = await promote(shop);
  t.equal(code, 1);
  t.match(
    err,
    'traefikservice.traefik.io/shop was NOT rolled back within 2m: Error from server (Forbidden): no longer allowed',
  );
  t.match(err, 'Roll back manually: kubectl bluegreen rollback shop -n demo');
});

t.test('Ctrl-C leaves the switch as it is, and says so', async (t) => {
  const shop = await open(t);
  const controller = new AbortController();
  shop.customers = (second) => {
    if (second === 30) controller.abort(new Error('interrupted'));
    return { 200: 100 };
  };
  t.match(await promote(shop, [], { interrupted: controller.signal }), {
    code: 130,
    err: 'Interrupted: traefikservice.traefik.io/shop stays on green, and its analysis has ended. To roll back: kubectl bluegreen rollback shop -n demo',
  });
  t.equal(live(shop), 'green');
});

t.test('somebody else switches meanwhile: the watch ends and touches nothing', async (t) => {
  const shop = await open(t);
  shop.customers = (second) => {
    const object = shop.objects.get(SHOP);
    if (second === 30 && object !== undefined) {
      const back = JSON.stringify(object)
        .replaceAll('"weight":100', '"weight":1')
        .replaceAll('"weight":0', '"weight":100');
      shop.objects.set(SHOP, JSON.parse(back.replaceAll('"weight":1,', '"weight":0,')));
    }
    return { 200: 100 };
  };
  const { code, err } = await promote(shop);
  t.equal(code, 1, err);
  t.match(err, 'was switched away from green by another client, so the analysis has ended');
  t.equal(live(shop), 'blue');
});

t.test('what is active already is watched again, as long as there is something to go back to', async (t) => {
  const shop = await open(t, { weights: [0, 100], annotations: PROMOTED });
  shop.customers = () => (live(shop) === 'green' ? { 500: 50 } : { 200: 100 });
  const { code, out, err } = await promote(shop, ['--to', 'green']);
  t.equal(code, 4, err);
  t.equal(out, 'traefikservice.traefik.io/shop unchanged\ntraefikservice.traefik.io/shop rolled back\n');
  t.match(err, 'blue had too few requests for a baseline: the limits apply without one');
  const first = await open(t, { weights: [0, 100] });
  const none = await promote(first, ['--to', 'green']);
  t.equal(none.code, 0);
  t.match(none.err, 'is on green already, with no color to roll back to: it is not analyzed');
});

t.test('a preview that is smaller than the active color is scaled to match first', async (t) => {
  const shop = await open(t, { replicas: { blue: 3, green: 2 } });
  const dry = await promote(shop, ['--dry-run']);
  t.equal(dry.code, 0, dry.err);
  t.match(dry.err, "green has 2 of the active color's 3 replicas: Deployment green would be scaled up first");
  const scale = '/apis/apps/v1/namespaces/demo/deployments/green/scale';
  shop.fails = ({ method, url, body }) => {
    if (method !== 'PATCH' || !url.startsWith(scale)) return null;
    t.strictSame(JSON.parse(body), { spec: { replicas: 3 } });
    return status(403, 'Forbidden', 'that is enough for this test');
  };
  t.match(await promote(shop), { code: 1, err: 'Deployment green is scaled up first' });
  t.equal(live(shop), 'blue');
});

function renamed(text: string): string {
  return text.replaceAll(/\b(blue|green)\b/g, 'cart-$1');
}
function nameOf(each: string): string {
  return `traefikservice.traefik.io/${each}`;
}
/** A line of Traefik's metrics. */
function counted(code: number, service: string, count: number): string {
  return `traefik_service_requests_total{code="${code}",method="GET",protocol="http",service="demo-${service}-80@kubernetescrd"} ${count}`;
}

/** The objects of a second release, `cart`, whose colors are `cart-blue` and `cart-green`. */
function cart(): Readonly<Record<string, object>> {
  const { [SHOP]: release = {}, ...colors } = shop({ annotations: TESTED });
  const given: { readonly spec?: object } = release;
  const spec: unknown = JSON.parse(renamed(JSON.stringify(given.spec)));
  return { [SHOP.replace('shop', 'cart')]: { ...release, spec }, ...JSON.parse(renamed(JSON.stringify(colors))) };
}

t.test('several names go back together when one is bad, the last one first', async (t) => {
  const both = await open(t, {}, cart());
  let second = 0;
  both.fails = ({ url }) => {
    if (!url.includes(':9100/')) return null;
    second += 1;
    const bad = live(both) === 'green' ? 50 * second : 0;
    const lines = [
      counted(200, 'green', 100 * second),
      counted(200, 'cart-green', 100 * second),
      counted(500, 'cart-green', bad),
    ];
    return { status: 200, body: `${lines.join('\n')}\n` };
  };
  const { code, out, err } = await both.run('promote shop cart --analyze 60s', { hurried: true });
  t.equal(code, 4, err);
  const switched = [`${nameOf('shop')} promoted`, `${nameOf('cart')} promoted`];
  t.equal(out, [...switched, `${nameOf('cart')} rolled back`, `${nameOf('shop')} rolled back`, ''].join('\n'));
  t.match(err, 'cart: green failed its analysis');
  t.notMatch(err, 'shop: green failed its analysis');
  t.match(outcome(both), /Failed.*cart: errors: /, 'and the other one says why');
});

t.test('watch: a switch that somebody else made, or is about to make', async (t) => {
  const made = await open(t, { weights: [0, 100], annotations: PROMOTED });
  made.customers = () => (live(made) === 'green' ? { 500: 50 } : { 200: 100 });
  const back = await made.run('analyze shop --for 60s', { hurried: true });
  t.equal(back.code, 4, back.err);
  t.equal(back.out, 'traefikservice.traefik.io/shop rolled back\n');
  const first = await open(t);
  const none = await first.run('analyze shop', { hurried: true });
  t.equal(none.code, 1);
  t.match(none.err, 'cannot be analyzed, because there is no color to roll back to: no promotion was recorded');
  const late = await first.run('analyze shop --await-switch --timeout 10s', { hurried: true });
  t.match(late, { code: 3, err: 'blue had 1000 requests, 0.0% errors' });
  t.match(late.err, 'shop was not switched to green within 10s: nothing was changed, and nothing is analyzed');
  let reads = 0;
  first.fails = ({ method, url }) => {
    reads += method === 'GET' && url === SHOP ? 1 : 0;
    const object = first.objects.get(SHOP);
    if (reads !== 30 || object === undefined) return null;
    const given = shop({ weights: [0, 100], annotations: PROMOTED })[SHOP];
    first.objects.set(SHOP, { ...given, metadata: { ...object.metadata, annotations: PROMOTED } });
    return null;
  };
  first.customers = () => (live(first) === 'green' ? { 200: 80, 500: 20 } : { 200: 100 });
  const bad = await first.run('analyze shop --await-switch --timeout 60s', { hurried: true });
  t.equal(bad.code, 4, bad.err);
  t.match(bad.err, 'Ready: waiting for the switch of traefikservice.traefik.io/shop to green');
  t.equal(live(first), 'blue');
});

t.test('limits that nothing would apply, and limits that are none', async (t) => {
  const shop = await open(t);
  t.match((await shop.run('promote --max-p99 1s')).err, '--max-p99 needs --analyze=DURATION');
  t.match(
    (await promote(shop, ['--max-error-rate', '1'])).err,
    'invalid argument "1" for "--max-error-rate" flag: must be a percentage such as 1% or 0.5%',
  );
  t.match((await promote(shop, ['--max-p99', '0s'])).err, 'must be more than 0');
  t.match((await promote(shop, ['--on-inconclusive', 'maybe'])).err, 'must be one of: "keep", "rollback"');
  t.equal(live(shop), 'blue');
});
