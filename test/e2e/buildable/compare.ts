import type { Test } from 'tap';
import { at, get, isObject, list, text, texts } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { serversOf, serviceFacts } from '../../../webhook/facts/service.ts';
import { buildable, TRAEFIK_DEFAULTS } from '../../../webhook/policy/index.ts';
import type { Group } from '../../../webhook/policy/index.ts';
import type { Target } from '../../cluster/index.ts';
import { traefikAt } from '../../cluster/traefik.ts';
import type { TraefikVersion } from '../../cluster/traefik-objects.ts';
import { until } from '../../cluster/node/api.ts';
import * as manifests from '../../objects.ts';
import { endpointsOf, readCases, sliceOf } from './cases.ts';
import type { Case } from './cases.ts';

const TRANSPORTS = ['mtls', 'm.tls'];
const MIDDLEWARES = ['auth'];
/** Milliseconds for Traefik to take all of them in. */
const PATIENCE = 60_000;
const GOOD = { name: 'good', ports: [{ name: 'http', port: 80 }] };

interface Comparison {
  readonly version: TraefikVersion;
  readonly namespace: string;
}

/** Compares what the model says of every entry that a version of Traefik knows with what that Traefik makes of it. */
export async function compareEntries(t: Test, cluster: Target, { version, namespace }: Comparison): Promise<void> {
  const group = version === '2.11' ? 'traefik.containo.us' : 'traefik.io';
  const cases = readCases().filter(({ since }) => since <= Number(version));
  const items = objectsOf(cases, group).map((object) => within(object, namespace));
  await cluster.apply([manifests.namespaceObject(namespace, 'off')]);
  // The older definitions do not have every field, and the API server leaves out what it does not know.
  await cluster.kubectlOk(['apply', '--validate=false', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  function builtBy({ built, builtBefore }: Case): boolean {
    return version === '2.11' ? builtBefore : built;
  }
  async function asExpected(): Promise<boolean> {
    const seen = await routers(cluster, namespace);
    return cases.every((each) => (seen.get(each.name) === null) === builtBy(each));
  }
  await until(asExpected, PATIENCE);
  const seen = await routers(cluster, namespace);
  const services = await stored(cluster, 'services', namespace);
  const fronts = await stored(cluster, `traefikservices.${group}`, namespace);
  for (const each of cases) {
    const error = seen.get(each.name);
    const entry = list(at(fronts.get(`${each.name}-front`), 'spec', 'weighted', 'services'))[1] ?? null;
    const reason = said(each, { entry, service: services.get(each.name), group, namespace });
    const built = builtBy(each);
    t.not(error, undefined, `${each.it}: Traefik has its router`);
    t.equal(error === null, built, `${each.it}: Traefik says ${error ?? 'nothing'}`);
    t.equal(reason === null, built && !(version === '2.11' && each.stricter), `${each.it}: the model says ${reason}`);
  }
}

function objectsOf(cases: readonly Case[], group: Group): readonly JsonObject[] {
  const apiVersion = `${group}/v1alpha1`;
  const old = group === 'traefik.containo.us';
  const routes = cases.map(({ name }) => ({
    kind: 'Rule',
    match: `Host(\`${name}.buildable\`)`,
    services: [{ kind: 'TraefikService', name: `${name}-front` }],
  }));
  const good = { name: GOOD.name, port: 80, weight: 100 };
  return [
    manifests.service({ name: GOOD.name }, null, GOOD.ports),
    ...TRANSPORTS.map((name) => ({ apiVersion, kind: 'ServersTransport', metadata: { name }, spec: {} })),
    ...MIDDLEWARES.map((name) => ({
      apiVersion,
      kind: 'Middleware',
      metadata: { name },
      spec: { stripPrefix: { prefixes: ['/x'] } },
    })),
    ...cases.flatMap(({ service }) => (service === null ? [] : [service])),
    ...[GOOD, ...cases].flatMap((each) => (old ? endpointsOf(each) : [sliceOf(each)])),
    ...cases.map(({ name, entry }) =>
      manifests.traefikService({ name: `${name}-front` }, { weighted: { services: [good, entry] } }, group),
    ),
    { apiVersion, kind: 'IngressRoute', metadata: { name: 'all' }, spec: { routes } },
  ];
}

function within(object: JsonObject, namespace: string): JsonObject {
  const metadata = get(object, 'metadata');
  return { ...object, metadata: { ...(isObject(metadata) ? metadata : {}), namespace } };
}

interface Stored {
  /** As the API server keeps it: without the fields that the definition does not have. */
  readonly entry: Json;
  readonly service: JsonObject | undefined;
  readonly group: Group;
  readonly namespace: string;
}

/** Why the model says that an entry is not built; null where it is. */
function said(given: Case, { entry, service, group, namespace }: Stored): string | null {
  return buildable(entry, {
    group,
    namespace,
    backend: { service: service === undefined ? null : serviceFacts(service), servers: serversOf([sliceOf(given)]) },
    named: { ServersTransport: TRANSPORTS, Middleware: MIDDLEWARES },
    settings: TRAEFIK_DEFAULTS,
  });
}

async function stored(cluster: Target, kind: string, namespace: string): Promise<ReadonlyMap<string, JsonObject>> {
  const parsed: unknown = JSON.parse(await cluster.kubectlOk(['get', kind, '-n', namespace, '-o', 'json']));
  const objects = list(get(parsed, 'items')).filter(isObject);
  return new Map(objects.map((each) => [text(at(each, 'metadata', 'name')) ?? '', each]));
}

/** The error of each router by the name of the case; null for one that answers. */
async function routers(cluster: Target, namespace: string): Promise<ReadonlyMap<string, string | null>> {
  const answer = await fetch(`${traefikAt(cluster).apiUrl}/api/http/routers?per_page=1000`);
  const parsed: unknown = await answer.json();
  return new Map(
    list(parsed).flatMap((router) => {
      const service = (text(get(router, 'service')) ?? '').replace(/@.*$/, '');
      const name = service.replace(`${namespace}-`, '').replace(/-front$/, '');
      if (service !== `${namespace}-${name}-front`) return [];
      return [[name, get(router, 'status') === 'enabled' ? null : texts(get(router, 'error')).join('; ')] as const];
    }),
  );
}
