// What the model of Traefik says of entries, against what a real Traefik makes of them.
import { join } from 'node:path';
import t from 'tap';
import { get, isObject, list, text, texts } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { serversOf, serviceFacts } from '../../webhook/facts/service.ts';
import { buildable, TRAEFIK_DEFAULTS } from '../../webhook/policy/index.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { traefikAt } from '../cluster/traefik.ts';
import * as manifests from '../objects.ts';
import { readYaml } from '../yaml.ts';

const NAMESPACE = 'buildable';
const TRANSPORTS = ['mtls', 'm.tls'];
/** Milliseconds for Traefik to take all of them in. */
const PATIENCE = 60_000;

interface Case {
  readonly it: string;
  readonly built: boolean;
  /** Of its Service and its TraefikService. */
  readonly name: string;
  readonly entry: JsonObject;
  readonly service: JsonObject | null;
  readonly slice: JsonObject;
}

function readCases(): readonly Case[] {
  const file: unknown = readYaml(join(import.meta.dirname, 'buildable', 'cases.yaml'));
  return list(get(file, 'cases')).map((each, index) => caseOf(each, `c${index}`, get(file, 'defaults')));
}

function caseOf(row: Json, name: string, defaults: Json | undefined): Case {
  const given = get(row, 'service');
  const spec = given === undefined ? defaults : given;
  const own = get(row, 'entry');
  const pods = texts(get(row, 'pods') ?? ['http']);
  const ports = pods.map((each, index) => ({ name: each, port: 9000 + index }));
  return {
    it: text(get(row, 'it')) ?? '',
    built: get(row, 'built') === true,
    name,
    entry: { name, port: 80, weight: 0, ...(isObject(own) ? own : {}) },
    service: isObject(spec) ? { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec } : null,
    slice: manifests.endpointSlice({ name }, name, '192.0.2.1', ports),
  };
}

const cases = readCases();
const cluster = await shareCluster(t, 'traefik');
const { apiUrl } = traefikAt(cluster);

/** Why the model says that an entry is not built; null where it is. The Service is as the API server completed it. */
function said({ entry, slice }: Case, stored: JsonObject | undefined): string | null {
  return buildable(entry, {
    group: 'traefik.io',
    namespace: NAMESPACE,
    backend: { service: stored === undefined ? null : serviceFacts(stored), servers: serversOf([slice]) },
    named: { ServersTransport: TRANSPORTS, Middleware: [] },
    settings: TRAEFIK_DEFAULTS,
  });
}

/** The error of each router by the name of its TraefikService; null for one that answers. */
async function routers(): Promise<ReadonlyMap<string, string | null>> {
  const answer = await fetch(`${apiUrl}/api/http/routers?per_page=1000`);
  const parsed: unknown = await answer.json();
  return new Map(
    list(parsed).flatMap((router) => {
      const match = /^buildable-(c\d+)-front/.exec((text(get(router, 'service')) ?? '').replace(/@.*$/, ''));
      const name = match?.[1];
      const errors = texts(get(router, 'error')).join('; ');
      return name === undefined ? [] : [[name, get(router, 'status') === 'enabled' ? null : errors] as const];
    }),
  );
}

function within(object: JsonObject): JsonObject {
  const metadata = get(object, 'metadata');
  return { ...object, metadata: { ...(isObject(metadata) ? metadata : {}), namespace: NAMESPACE } };
}

t.test(`${cases.length} entries are built or dropped as the model says`, async (t) => {
  const good = { name: 'good', port: 80, weight: 100 };
  const routes = cases.map(({ name }) => ({
    kind: 'Rule',
    match: `Host(\`${name}.buildable\`)`,
    services: [{ kind: 'TraefikService', name: `${name}-front` }],
  }));
  await cluster.apply([
    manifests.namespaceObject(NAMESPACE, 'off'),
    ...[
      manifests.service({ name: 'good' }, null),
      manifests.endpointSlice({ name: 'good' }, 'good', '192.0.2.1'),
      ...TRANSPORTS.map((name) => ({
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'ServersTransport',
        metadata: { name },
        spec: {},
      })),
      ...cases.flatMap(({ service, slice }) => [...(service === null ? [] : [service]), slice]),
      ...cases.map(({ name, entry }) =>
        manifests.traefikService({ name: `${name}-front` }, { weighted: { services: [good, entry] } }),
      ),
      { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', metadata: { name: 'all' }, spec: { routes } },
    ].map(within),
  ]);
  const stored: unknown = JSON.parse(await cluster.kubectlOk(['get', 'services', '-n', NAMESPACE, '-o', 'json']));
  const services = new Map(
    list(get(stored, 'items'))
      .filter(isObject)
      .map((each) => [nameOf(each), each]),
  );
  async function asExpected(): Promise<boolean> {
    const seen = await routers();
    return cases.every(({ name, built }) => (seen.get(name) === null) === built);
  }
  await until(asExpected, PATIENCE);
  const seen = await routers();
  for (const each of cases) {
    const [error, reason] = [seen.get(each.name), said(each, services.get(each.name))];
    t.not(error, undefined, `${each.it}: Traefik has its router`);
    t.equal(error === null, each.built, `${each.it}: Traefik says ${error ?? 'nothing'}`);
    t.equal(reason === null, each.built, `${each.it}: the model says ${reason ?? 'nothing'}`);
  }
});

function nameOf(object: JsonObject): string {
  return text(get(get(object, 'metadata'), 'name')) ?? '';
}
