import t from 'tap';
import type { JsonObject } from '../../../../common/json.ts';
import { serviceFacts } from '../../../../webhook/facts/service.ts';
import { TRAEFIK_DEFAULTS, TRAEFIK_LENIENT } from '../../../../webhook/policy/index.ts';
import type { Group } from '../../../../webhook/policy/index.ts';
import { buildable, obstaclesOf } from '../../../../webhook/policy/traefik/buildable.ts';
import type { EntryContext } from '../../../../webhook/policy/traefik/buildable.ts';
import { namedKinds } from '../../../../webhook/policy/traefik/named.ts';
import { withServices } from '../build.ts';

const GREEN = { name: 'green', port: 80 };
const PORTS = { ports: [{ name: 'http', port: 80 }] };
const EXTERNAL = { type: 'ExternalName', externalName: 'example.com', ...PORTS };
const HEADLESS = { clusterIP: 'None', ...PORTS };
const TRANSPORTS = ['mtls', 'x.y'];

interface Case {
  readonly entry?: JsonObject;
  /** The spec of its Service; null where there is none. */
  readonly service?: JsonObject | null;
  readonly servers?: Readonly<Record<string, number>>;
  readonly settings?: Partial<EntryContext['settings']>;
  readonly group?: Group;
}

function around({ service = PORTS, servers = { http: 1 }, settings, group = 'traefik.io' }: Case): EntryContext {
  return {
    group,
    namespace: 'shop',
    backend: { service: service === null ? null : serviceFacts({ spec: service }), servers },
    named: { ServersTransport: TRANSPORTS, Middleware: ['auth'] },
    settings: { ...TRAEFIK_DEFAULTS, ...settings },
  };
}

function reason(look: Case): string | null {
  return buildable({ ...GREEN, ...look.entry }, around(look));
}

t.test('an ordinary entry is built', async (t) => {
  t.equal(reason({}), null);
  const options = {
    scheme: 'h2c',
    strategy: 'RoundRobin',
    passHostHeader: false,
    nativeLB: false,
    serversTransport: '',
  };
  t.equal(reason({ entry: options }), null);
  t.equal(reason({ entry: { responseForwarding: { flushInterval: '100ms' } } }), null);
  t.equal(reason({ entry: { passiveHealthCheck: { maxFailedAttempts: 3, failureWindow: 10 } } }), null);
});

t.test('values that Traefik takes from nobody', async (t) => {
  t.equal(reason({ entry: { scheme: 'grpc' } }), 'green has scheme grpc, which Traefik does not know');
  t.equal(reason({ entry: { scheme: 'HTTP' } }), 'green has scheme HTTP, which Traefik does not know');
  t.equal(reason({ entry: { strategy: 'random' } }), 'green has strategy random, which Traefik does not know');
  t.equal(
    reason({ entry: { responseForwarding: { flushInterval: 'fast' } } }),
    'green has responseForwarding.flushInterval: "fast", which is no duration',
  );
  t.equal(
    reason({ entry: { passiveHealthCheck: { failureWindow: '1d' } } }),
    'green has passiveHealthCheck.failureWindow: "1d", which is no duration',
  );
});

t.test('they are found without knowing the Service', async (t) => {
  t.match(obstaclesOf({ ...GREEN, scheme: 'grpc', healthCheck: {} }, { ...around({}), backend: null }), {
    options: [{ reason: 'an unknown scheme' }],
    backend: [],
  });
});

t.test('a healthCheck is for Services without pods', async (t) => {
  const healthCheck = { path: '/healthz' };
  t.match(reason({ entry: { healthCheck } }), 'green has a healthCheck, which Traefik takes for ExternalName Services');
  const settings = { allowExternalNameServices: true };
  t.equal(reason({ entry: { healthCheck }, service: EXTERNAL, settings }), null);
  const entry = { healthCheck: { ...healthCheck, interval: 'often' } };
  t.match(reason({ entry, service: EXTERNAL, settings }), 'healthCheck.interval: "often", which is no duration');
});

t.test('nativeLB needs a cluster IP, by the entry or by default', async (t) => {
  t.equal(reason({ entry: { nativeLB: true } }), null);
  t.equal(
    reason({ entry: { nativeLB: true }, service: HEADLESS }),
    'green has nativeLB, and its Service has no cluster IP',
  );
  const settings = { nativeLBByDefault: true };
  t.match(reason({ service: HEADLESS, settings }), "no cluster IP, which Traefik's nativeLBByDefault needs");
  t.equal(reason({ entry: { nativeLB: false }, service: HEADLESS, settings }), null);
  t.equal(reason({ service: HEADLESS }), null);
});

t.test('a ServersTransport of the namespace, by the name that Traefik makes of it', async (t) => {
  for (const serversTransport of ['mtls', 'x-y', 'default@internal'])
    t.equal(reason({ entry: { serversTransport } }), null, serversTransport);
  t.equal(
    reason({ entry: { serversTransport: 'tls' } }),
    'green has serversTransport tls, and there is no ServersTransport tls in shop',
  );
});

t.test('a ServersTransport of another place, by what Traefik and the chart allow', async (t) => {
  const own = { serversTransport: 'shop-mtls@kubernetescrd' };
  t.match(reason({ entry: own }), 'which Traefik reads with allowCrossNamespace=true only');
  t.equal(reason({ entry: own, settings: { allowCrossNamespace: true } }), null);
  const other = { serversTransport: 'insecure@file' };
  t.match(reason({ entry: other }), 'the cluster does not tell whether provider file has it');
  t.equal(reason({ entry: other, settings: { crossProviders: ['file'] } }), null);
});

t.test('Middlewares of Traefik 3.7 alike', async (t) => {
  t.equal(reason({ entry: { middlewares: [{ name: 'auth' }, { name: 'auth', namespace: 'shop' }] } }), null);
  t.equal(
    reason({ entry: { middlewares: [{ name: 'gone' }] } }),
    'green has middleware gone, and there is no Middleware gone in shop',
  );
  t.match(
    reason({ entry: { middlewares: [{ name: 'auth', namespace: 'other' }] } }),
    'green has middleware auth of namespace other, which Traefik reads with allowCrossNamespace=true only',
  );
});

t.test('only the kinds that entries name have to be read', async (t) => {
  t.same(namedKinds([withServices([GREEN]), null]), []);
  t.same(namedKinds([withServices([{ ...GREEN, serversTransport: 'insecure@file' }])]), []);
  const both = [
    { ...GREEN, middlewares: [{ name: 'auth' }] },
    { ...GREEN, serversTransport: 'mtls' },
  ];
  t.same(namedKinds([withServices(both)]), ['ServersTransport', 'Middleware']);
});

t.test('a Service that is not there, without the port, of another kind or another namespace', async (t) => {
  t.equal(reason({ service: null }), 'Service green does not exist in shop');
  t.equal(reason({ entry: { port: 81 } }), 'Service green has port 80 (http), not port 81');
  t.equal(reason({ entry: { port: 0 } }), 'Service green has port 80 (http), not a port left out');
  t.match(reason({ service: EXTERNAL }), 'Service green is an ExternalName, which Traefik reads with');
  t.equal(reason({ service: EXTERNAL, servers: {}, settings: { allowExternalNameServices: true } }), null);
  t.match(reason({ entry: { namespace: 'other' } }), 'green points to namespace other');
  t.equal(reason({ entry: { namespace: 'shop' } }), null);
});

t.test('endpoints are looked for by the name of the port, with allowEmptyServices=false', async (t) => {
  t.equal(reason({ servers: {} }), 'green has no ready endpoint');
  t.equal(reason({ servers: { http: 0 } }), 'green has no ready endpoint');
  t.equal(reason({ servers: { metrics: 2 } }), 'the pods of green have no port for its port 80 (http)');
  t.equal(reason({ servers: {}, settings: { allowEmptyServices: true } }), null);
  const dns = { ports: [{ name: 'dns', port: 80, protocol: 'UDP' }, ...PORTS.ports] };
  t.match(reason({ service: dns }), 'no port for its port 80 (dns)', 'the first port of the number counts');
});

t.test('nothing looks at endpoints on the way over cluster IP or nodes', async (t) => {
  t.equal(reason({ servers: {}, entry: { nativeLB: true }, service: { clusterIP: '10.0.0.1', ...PORTS } }), null);
  t.equal(reason({ servers: {}, entry: { nodePortLB: true }, service: { type: 'NodePort', ...PORTS } }), null);
  t.equal(reason({ servers: {}, entry: { nodePortLB: true } }), 'green has no ready endpoint');
});

t.test(
  'what only older versions of Traefik drop is certain in their API group, and a suspicion in the new one',
  async (t) => {
    const cases: readonly Case[] = [
      { entry: { strategy: 'p2c' } },
      { entry: { responseForwarding: {} } },
      { entry: { nativeLB: true }, service: EXTERNAL },
    ];
    for (const look of cases) {
      const settings = TRAEFIK_LENIENT;
      const entry = { ...GREEN, ...look.entry };
      t.match(obstaclesOf(entry, around({ ...look, settings })), { options: [{ certain: false }], backend: [] });
      t.not(reason({ ...look, settings, group: 'traefik.containo.us' }), null);
    }
  },
);
