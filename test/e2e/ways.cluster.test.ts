// What takes production down, or mixes it, by way of what stands around a TraefikService: seen at a real Traefik in a
// namespace that nobody guards, and denied in one that is guarded, where production goes on.
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import t from 'tap';
import { get, isObject, parseObject, text } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { until } from '../cluster/node/api.ts';
import { rolledOut } from '../cluster/kube.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { traefikAt } from '../cluster/traefik.ts';
import { namespaceObject, podinfo } from '../objects.ts';
import { connect, MERGE_PATCH } from './api.ts';
import type { Reply } from './api.ts';
import { CONTENTS } from './ways/contents.ts';
import { releaseOf } from './ways/place.ts';
import type { Place, Way, Write } from './ways/place.ts';
import { PARTS, ROUTES } from './ways/routes.ts';
import { SERVICES } from './ways/services.ts';

const VERSIONS = { blue: '6.1.5', green: '6.1.6' } as const;
const IMAGE = 'ghcr.io/stefanprodan/podinfo';
const WAYS = [...SERVICES, ...ROUTES, ...PARTS, ...CONTENTS];
const GUARDED = 'ways';
const UNGUARDED = 'ways-off';
/** Traefik reads what is new within milliseconds, on a busy machine within seconds. */
const READ_MS = 30_000;
const TRIES = 5;
const WELL = `200 ${VERSIONS.blue}`;
const NOT_FOUND = '404 ';

const cluster = await shareCluster(t, 'traefik');
const client = connect(cluster);
t.teardown(() => client.close());
const { url } = traefikAt(cluster);

function placeOf(way: Way, namespace: string): Place {
  const name = `way${WAYS.indexOf(way)}`;
  return { namespace, name, blue: `${name}-blue`, green: `${name}-green`, host: `${name}.${namespace}.example` };
}

/** Objects with the name of their release in the places of `{name}`. */
function named(objects: readonly JsonObject[], { name }: Place): readonly JsonObject[] {
  return objects.map((object) => parseObject(JSON.stringify(object).replaceAll('{name}', name)) ?? {});
}

await cluster.apply([namespaceObject(GUARDED), namespaceObject(UNGUARDED, 'off')]);
const places = WAYS.flatMap((way) =>
  [GUARDED, UNGUARDED].map((namespace) => ({ way, place: placeOf(way, namespace) })),
);
await cluster.apply(
  [GUARDED, UNGUARDED].flatMap((namespace) =>
    (['blue', 'green'] as const).map((color) => {
      const labels = { app: 'shop', color };
      return podinfo({ name: color, namespace }, { labels, image: `${IMAGE}:${VERSIONS[color]}` });
    }),
  ),
);
for (const namespace of [GUARDED, UNGUARDED])
  for (const color of ['blue', 'green']) await rolledOut(cluster, namespace, color);
const objects = places.flatMap(({ way, place }) => named(releaseOf(place, way), place));
function isRoute({ kind }: JsonObject): boolean {
  return kind === 'IngressRoute';
}
async function createRoute(route: JsonObject): Promise<void> {
  const namespace = stringAt(route, 'metadata', 'namespace') ?? '';
  const path = `/apis/traefik.io/v1alpha1/namespaces/${namespace}/ingressroutes`;
  const { status, body } = await client.call('POST', path, { body: route });
  if (status !== 201) throw new Error(`${path}: ${text(body['message'])}`);
}
await cluster.apply(objects.filter((object) => !isRoute(object)));
// Routes come last, and together: Traefik builds anew all that is routed for what it sees at a time.
await Promise.all(objects.filter(isRoute).map(createRoute));

/** What production answers a request: the status, and the version if it is a good one. */
function ask({ host }: Place, tls: boolean): Promise<string> {
  return new Promise((resolve) => {
    const address = tls ? url.replace(/^http:/, 'https:') : url;
    const options = { headers: { host }, agent: false, servername: host, rejectUnauthorized: false, timeout: 5000 };
    const outgoing = (tls ? secure : plain)(`${address}/`, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', (error) => resolve(`failed: ${error.message}`));
      response.on('end', () => resolve(`${response.statusCode} ${text(get(parseObject(body), 'version')) ?? ''}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => resolve(`failed: ${error.message}`));
    outgoing.end();
  });
}

/** Asks until production answers so; what it answered last. */
async function answers(place: Place, tls: boolean, expected: RegExp): Promise<string> {
  let last = '';
  async function asked(): Promise<boolean> {
    last = await ask(place, tls);
    return expected.test(last);
  }
  await until(asked, READ_MS);
  return last;
}

function write({ method, path, body }: Write): Promise<Reply> {
  const type = method === 'POST' ? 'application/json' : MERGE_PATCH;
  return client.call(method, path, { ...(body === undefined ? {} : { body }), type });
}

/** A guard that cannot look in time lets a request pass, and a busy machine can miss it: asked without effect first. */
async function attempted({ path, ...asked }: Write): Promise<Reply> {
  let reply = await write({ ...asked, path: `${path}?dryRun=All` });
  for (let left = TRIES; left > 0 && reply.status < 300; left--)
    reply = await write({ ...asked, path: `${path}?dryRun=All` });
  return reply.status < 300 ? reply : write({ ...asked, path });
}

for (const way of WAYS) {
  const { tls = false } = way;
  const before = way.servedBefore379 === true ? NOT_FOUND : WELL;
  const good = new RegExp(`^${before.replaceAll('.', '\\.')}$`);
  t.test(way.it, async (t) => {
    const [open, guarded] = [placeOf(way, UNGUARDED), placeOf(way, GUARDED)];
    t.equal(await answers(open, tls, good), before, 'production answers');
    const done = await write(way.write(open));
    t.ok(done.status < 300, `it is done: ${JSON.stringify(isObject(done.body) ? done.body['message'] : done.body)}`);
    t.match(await answers(open, tls, way.answer), way.answer, 'and production answers otherwise');
    t.equal(await answers(guarded, tls, good), before, 'production answers where it is guarded');
    const { status, body } = await attempted(way.write(guarded));
    t.equal(status, 403, JSON.stringify(body));
    t.match(text(get(body, 'message')), way.says);
    t.equal(await ask(guarded, tls), before, 'and goes on to do so');
  });
}
