import { once } from 'node:events';
import t from 'tap';
import type { Test } from 'tap';
import type { CallOptions } from '../../../common/kube/client.ts';
import { lookAtTraefik } from '../../../plugin/production/look.ts';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { NOW } from '../run.ts';
import { PROMOTED, SHOP, shop, TESTED } from '../shop.ts';
import type { ShopOptions } from '../shop.ts';

const POD = '/api/v1/namespaces/traefik/pods/traefik-1';
const DROPPED = 'the service "demo-shop@kubernetescrd" does not exist';

/** A ready Traefik pod with these arguments. */
function traefik(args: readonly string[], ports = ['traefik', 'metrics']) {
  return {
    metadata: { labels: { 'app.kubernetes.io/name': 'traefik' } },
    spec: {
      containers: [{ args, ports: ports.map((name, index) => ({ name, containerPort: 8080 + index })) }],
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

interface World {
  readonly shop: ShopOptions;
  readonly args?: readonly string[];
  /** What its API lists as disabled; null where the API is closed. */
  readonly disabled?: readonly string[] | null;
  /** Further objects, by path. */
  readonly more?: Readonly<Record<string, object>>;
}

/** A shop behind Traefik. */
async function world(t: Test, { shop: options, args, disabled = null, more = {} }: World): Promise<FakeCluster> {
  const cluster = await fakeCluster(t, {
    ...shop(options),
    ...more,
    [POD]: traefik(args ?? ['--providers.kubernetescrd']),
  });
  cluster.intercept = ({ url }) => (url.includes('/proxy/') ? answer(url, disabled) : null);
  return cluster;
}
function answer(url: string, disabled: readonly string[] | null) {
  if (disabled === null || !url.includes('/api/http/routers?status=disabled'))
    return { status: 404, body: '404 page not found\n' };
  const routers = disabled.map((service) => ({
    name: `r@kubernetescrd`,
    service,
    status: 'disabled',
    error: [DROPPED],
  }));
  return { status: 200, body: routers };
}
async function first(cluster: FakeCluster, ...args: readonly string[]) {
  const { out, err } = await cluster.run(args);
  return `${err}${out}`.split('\n')[0];
}

/** An API server that never answers. */
async function neverListed(_path: string, { signal }: CallOptions): Promise<never> {
  await once(signal ?? new AbortController().signal, 'abort');
  throw new Error('aborted');
}
async function* noLines(): AsyncGenerator<string> {
  yield* await Promise.resolve([]);
}

const EMPTY = { replicas: { blue: 2, green: 0 } };
const DETACH =
  'To end it: kubectl patch traefikservice.traefik.io/shop -n demo --type=json -p ' +
  `'[{"op":"test","path":"/spec/weighted/services/1/name","value":"green"},{"op":"remove","path":"/spec/weighted/services/1"}]'`;
const BY_SETTING = `Production answers 404: green is listed and has no ready endpoint, so Traefik drops the whole TraefikService (allowEmptyServices=false). ${DETACH}`;
const BY_API = `Production answers 404: green is listed and has no ready endpoint, and Traefik drops the whole TraefikService. ${DETACH}`;

t.test('a router that Traefik could not build is the first line', async (t) => {
  const cluster = await world(t, { shop: EMPTY, disabled: ['demo-shop', 'demo-other'] });
  t.equal(await first(cluster, 'status'), BY_API);
  t.equal((await cluster.run(['status', '-o', 'jsonpath={.problems[*].kind}'])).out, '404');
  t.match((await cluster.run(['status'], { tty: true })).out, `\u001B[31mProduction answers 404`);
  const listed = await cluster.run(['list']);
  t.match(
    listed.err,
    `traefikservice.traefik.io/shop in namespace demo: Production answers 404: Traefik reports "${DROPPED}". To see why: kubectl bluegreen status shop -n demo`,
  );
  t.match(listed.out, /^NAME .*\nshop /);
  const { out, code } = await cluster.run(['doctor']);
  t.equal(code, 1);
  t.match(out, `× demo/traefikservice.traefik.io/shop: production answers 404: green is listed`);
  t.match(out, `    ${DETACH}`);
});

t.test('what Traefik may not have read yet is no verdict', async (t) => {
  const reports = `Production answers 404: Traefik reports "${DROPPED}"`;
  const verdict = `${reports}. To see why: kubectl bluegreen status shop -n demo`;
  const unread = `${reports}, and may not have read the last change yet. To look again: kubectl bluegreen status shop -n demo`;
  async function after(seconds: number, what: 'release' | 'endpoints', args?: readonly string[]) {
    const time = new Date(NOW.getTime() - seconds * 1000).toISOString();
    const managedFields = what === 'release' ? [{ manager: 'kubectl', operation: 'Update', time }] : [];
    const cluster = await world(t, { shop: { managedFields }, disabled: ['demo-shop'], ...(args ? { args } : {}) });
    const slice = cluster.objects.get(SLICE);
    const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': time };
    if (what === 'endpoints') cluster.put(SLICE, { ...slice, metadata: { ...labelled('blue'), annotations } });
    return first(cluster, 'status');
  }
  for (const what of ['release', 'endpoints'] as const) {
    t.equal(await after(6, what), unread, `${what} within the throttle and five seconds`);
    t.equal(await after(8, what), verdict, `${what} before`);
    t.equal(await after(8, what, ['--providers.kubernetescrd', '--providers.providersthrottleduration=10s']), unread);
    t.equal(await after(-60, what), verdict, 'a clock that is behind');
  }
  const cluster = await world(t, { shop: { managedFields: [{ time: NOW.toISOString() }] }, disabled: ['demo-shop'] });
  t.match((await cluster.run('list')).err, unread);
  t.match((await cluster.run('doctor')).out.replaceAll(/\s+/g, ' '), 'and may not have read the last change yet');
});

t.test('of many releases that Traefik reports at once no endpoints are read', async (t) => {
  const metadata = { managedFields: [{ time: NOW.toISOString() }] };
  const names = Array.from({ length: 21 }, (_, index) => `shop-${index}`);
  const more = Object.fromEntries(names.map((name) => [SHOP.replace(/shop$/, name), { ...release(), metadata }]));
  const cluster = await world(t, { shop: {}, disabled: names.map((name) => `demo-${name}`), more });
  const { err } = await cluster.run('list');
  t.match(err, 'shop-20 in namespace demo: Production answers 404: Traefik reports');
  t.notMatch(err, 'may not have read');
  t.same(
    cluster.calls.filter(({ url }) => url.includes('endpointslices')),
    [],
  );
});
function release(): object {
  return shop()[SHOP] ?? {};
}
const SLICE = '/apis/discovery.k8s.io/v1/namespaces/demo/endpointslices/blue-x';
function labelled(service: string) {
  return { labels: { 'kubernetes.io/service-name': service } };
}

t.test('without its API, the settings and the endpoints tell', async (t) => {
  const cluster = await world(t, { shop: EMPTY });
  t.equal(await first(cluster, 'status'), BY_SETTING);
  t.equal(await first(cluster, 'list'), `traefikservice.traefik.io/shop in namespace demo: ${BY_SETTING}`);
});

t.test('after a promotion that leaves an empty color in the list', async (t) => {
  const cluster = await world(t, { shop: { annotations: TESTED, replicas: { blue: 0, green: 2 } } });
  const { code, err } = await cluster.run(['promote', 'shop']);
  t.equal(code, 0);
  t.match(err, 'traefikservice.traefik.io/shop: Production answers 404: blue is listed and has no ready endpoint');
  t.match(err, '"path":"/spec/weighted/services/0"');
});

t.test('what Traefik serves counts, not what its settings would make of it', async (t) => {
  for (const disabled of [[], ['demo-other']])
    t.match(await first(await world(t, { shop: EMPTY, disabled }), 'status'), 'Release:');
});

const FINE = [
  {
    why: 'allowEmptyServices=true',
    args: ['--providers.kubernetescrd', '--providers.kubernetesCRD.allowEmptyServices'],
  },
  { why: 'settings in a file', args: ['--configfile=/etc/traefik.yaml'] },
  { why: 'a Traefik of other namespaces', args: ['--providers.kubernetescrd.namespaces=web,other'] },
];
for (const { why, args } of FINE)
  t.test(`nothing is concluded: ${why}`, async (t) => {
    const cluster = await world(t, { shop: EMPTY, args });
    t.match(await first(cluster, 'status'), 'Release:');
    t.match(await first(cluster, 'list'), 'NAME');
  });

t.test('an active color without endpoints', async (t) => {
  const args = ['--providers.kubernetescrd.allowemptyservices=true'];
  const scaled = await world(t, { shop: { replicas: { blue: 0, green: 2 } }, args });
  t.equal(
    await first(scaled, 'status'),
    'Production answers 503: blue is active and has no ready endpoint. To end it: kubectl scale deployment blue -n demo --replicas=2',
  );
  const options = { weights: [0, 100], annotations: PROMOTED, replicas: { blue: 2, green: 0 } } as const;
  t.equal(
    await first(await world(t, { shop: options, args }), 'status'),
    'Production answers 503: green is active and has no ready endpoint. To end it: kubectl bluegreen rollback shop -n demo',
  );
  t.match(await first(await world(t, { shop: options }), 'status'), 'Production answers 404: green is listed');
});

t.test('a listed Service that does not exist', async (t) => {
  const cluster = await world(t, { shop: {} });
  cluster.objects.delete('/api/v1/namespaces/demo/services/green');
  t.match(await first(cluster, 'status'), 'Production answers 404: Service green does not exist in demo, so Traefik');
});

t.test('an option that Traefik cannot build', async (t) => {
  const green = { healthCheck: { path: '/healthz' } };
  const cause = 'green has a healthCheck, which Traefik takes for ExternalName Services only';
  t.equal(
    await first(await world(t, { shop: { green } }), 'status'),
    `Production answers 404: ${cause}, so Traefik drops the whole TraefikService. ${DETACH}`,
  );
  t.equal(
    await first(await world(t, { shop: { green }, disabled: ['demo-shop'] }), 'status'),
    `Production answers 404: ${cause}, and Traefik drops the whole TraefikService. ${DETACH}`,
  );
  const { out } = await (await world(t, { shop: { green } })).run(['doctor']);
  t.match(out, `× demo/traefikservice.traefik.io/shop: production answers 404: ${cause}`);
});

t.test('a ServersTransport is looked for where an entry names one', async (t) => {
  const given = { shop: { green: { serversTransport: 'mtls' } } };
  t.match(
    await first(await world(t, given), 'status'),
    'Production answers 404: green has serversTransport mtls, and there is no ServersTransport mtls in demo, so',
  );
  const more = { '/apis/traefik.io/v1alpha1/namespaces/demo/serverstransports/mtls': {} };
  t.match(await first(await world(t, { ...given, more }), 'status'), 'Release:');
});

t.test('a setting of Traefik counts where its arguments tell it', async (t) => {
  const external = { spec: { type: 'ExternalName', externalName: 'example.com', ports: [{ name: 'http', port: 80 }] } };
  async function status(args: readonly string[]) {
    const more = { '/api/v1/namespaces/demo/services/green': external };
    return first(await world(t, { shop: {}, args, more }), 'status');
  }
  t.match(
    await status(['--providers.kubernetescrd']),
    'Production answers 404: Service green is an ExternalName, which Traefik reads with allowExternalNameServices=true',
  );
  t.match(await status(['--providers.kubernetescrd.allowexternalnameservices']), 'Release:');
  t.match(await status(['--configfile=/etc/traefik.yaml']), 'Release:');
});

t.test('a Traefik that may not be read, or does not answer, fails nothing', async (t) => {
  const forbidden = await world(t, { shop: EMPTY });
  forbidden.intercept = ({ url }) =>
    url.startsWith('/api/v1/pods?') ? status(403, 'Forbidden', 'pods is forbidden') : null;
  t.match(await first(forbidden, 'status'), 'Release:');
  t.match(
    (await forbidden.run(['status', '-o', 'wide'])).out,
    "Not read:   Traefik's pods could not be listed: Error from server (Forbidden): pods is forbidden",
  );
  t.match((await forbidden.run(['status', '-o', 'jsonpath={.traefikNotRead}'])).out, 'pods is forbidden');
  t.equal((await forbidden.run(['list'])).err, '');
});

t.test('a Traefik that never answers is waited for a second at most', async (t) => {
  // The time-out of a signal keeps no process running.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  const seen = await lookAtTraefik({ client: { list: neverListed, lines: noLines } }, undefined, {
    interrupted: new AbortController().signal,
  });
  t.match(seen.notRead, "Traefik's pods could not be listed: the API server did not answer in time");
});

t.test('the column TRAFFIC shows what Traefik counts, WEIGHT the weight', async (t) => {
  const cluster = await world(t, { shop: {}, args: ['--providers.kubernetescrd.allowemptyservices=true'] });
  const ctrl = new AbortController();
  let looks = 0;
  cluster.intercept = ({ url }) => {
    if (!url.includes('/proxy/')) return null;
    if (!url.endsWith('/metrics')) return answer(url, []);
    looks += 1;
    if (looks === 4) ctrl.abort();
    const counted = [
      ['blue', 30 * looks],
      ['green', 70 * looks],
    ].map(
      ([color, count]) =>
        `traefik_service_requests_total{code="200",service="demo-${color}-80@kubernetescrd"} ${count}`,
    );
    return { status: 200, body: `${counted.join('\n')}\n` };
  };
  const { out } = await cluster.run(['status', '-w', '--no-color'], {
    tty: true,
    hurried: true,
    interrupted: ctrl.signal,
  });
  t.match(out, /blue +active +100 +- +- +- /, 'nothing is counted yet');
  t.match(out, /blue +active +100 +███░░░░░░░ 30% +\d+\.0 /);
  t.match(out, /green +preview +0 +███████░░░ 70% +\d+\.0 /);
});
