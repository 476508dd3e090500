// What the chart's entries keep from the webhook: random writes are sent to a real API server where every entry fails for
// want of a webhook. What passes is nothing that the webhook would have had a say in.
import { sample } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import t from 'tap';
import { at, get, isObject, list, sameJson, text } from '../../common/json.ts';
import { governed } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import type { Shape } from './cases.ts';
import { render } from './chart.ts';
import { connect } from './client.ts';
import type { Reply } from './client.ts';
import { judge, judgeRoute } from './oracle.ts';
import { admitBy, ENFORCED, inLanes, manifest, servicesPath } from './policy.ts';
import { routeFamilies } from './random-routes.ts';
import { families } from './random-services.ts';

const LANES = 8;
const WANTED = Number(process.env['BLUEGREEN_SAMPLES'] ?? 1_500);
const SEED = Number(process.env['BLUEGREEN_SEED'] ?? 20_240_602);
const ENOUGH = 10;

function draw<Value>(values: Arbitrary<Value>, numRuns: number): readonly Value[] {
  return sample(values, { numRuns, seed: SEED });
}
const services = draw(families, Math.ceil((WANTED * 2) / 3 / 6));
const routes = draw(routeFamilies, Math.ceil(WANTED / 3 / 5));

const cluster = await shareCluster(t, 'api', ENFORCED);
const client = connect(cluster, LANES);
t.teardown(() => client.close());
t.comment(`seed ${SEED}, ${services.length * 6} writes of TraefikServices, ${routes.length * 5} of IngressRoutes`);

function routesPath(group: Group): string {
  return `/apis/${group}/v1alpha1/namespaces/${ENFORCED}/ingressroutes`;
}
function routeManifest(group: Group, name: string, spec: JsonObject, resourceVersion = ''): JsonObject {
  return {
    apiVersion: `${group}/v1alpha1`,
    kind: 'IngressRoute',
    metadata: { name, ...(resourceVersion === '' ? {} : { resourceVersion }) },
    spec,
  };
}
async function store(path: string, body: JsonObject): Promise<string> {
  const { status, body: stored } = await client.call('POST', path, body);
  if (status !== 201) throw new Error(`${JSON.stringify(body)} could not be stored: ${JSON.stringify(stored)}`);
  return text(at(stored, 'metadata', 'resourceVersion')) ?? '';
}

await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ENFORCED } }]);
const storedServices = await inLanes(services, LANES, async (family) => {
  const { group, before } = family;
  const name = `unasked-s-${services.indexOf(family)}`;
  const version = before === null ? '' : await store(servicesPath(group, ENFORCED), manifest(group, name, before));
  return { ...family, name, version };
});
const storedRoutes = await inLanes(routes, LANES, async (family) => {
  const { group, before } = family;
  const name = `unasked-r-${routes.indexOf(family)}`;
  const version = before === null ? '' : await store(routesPath(group), routeManifest(group, name, before));
  return { ...family, name, version };
});

/** Of the guard those about routes: it also sees TraefikServices that list others, where the promotion webhook is asked about. */
function rulesOf({ name, rules }: JsonObject): Json {
  if (!text(name)?.startsWith('guard')) return rules ?? [];
  return list(rules).filter((rule) => list(get(rule, 'resources')).includes('ingressroutes'));
}

// A condition that cannot be evaluated skips an entry that ignores errors: here it fails instead.
const configuration = (await render()).find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
const entries = list(configuration?.['webhooks']).filter(isObject);
const failing = entries.map((entry): Json => ({ ...entry, failurePolicy: 'Fail', rules: rulesOf(entry) }));
await admitBy(t, cluster, client, [{ ...configuration, webhooks: failing }]);

function asks({ body }: Reply): string | null {
  return /failed calling webhook "(promotion|guard)\.bluegreen\.dev"/.exec(text(body['message']) ?? '')?.[1] ?? null;
}
const probe = manifest('traefik.io', 'probe', {
  spec: { weighted: { services: [{ name: 'blue' }, { name: 'green' }] } },
});
async function armed(): Promise<boolean> {
  return asks(await client.call('POST', `${servicesPath('traefik.io', ENFORCED)}?dryRun=All`, probe)) === 'promotion';
}
if (!(await until(armed, 30_000))) throw new Error('the entries do not take effect');

/** What a request alone is judged by; a freeze, and how a watch ended, stand there for later ones. */
function ours({ annotations = {} }: Shape): JsonObject {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([key]) => key.startsWith('bluegreen.dev/') && !['bluegreen.dev/frozen', 'bluegreen.dev/analysis'].includes(key),
    ),
  );
}

/** The spec without the weights of its list, in the order of names. */
function rest({ spec = {} }: Shape, names: ReadonlySet<unknown>): Json {
  const weighted = at(spec, 'weighted');
  const children = list(get(weighted, 'services'))
    .filter(isObject)
    .filter((child) => names.has(child['name']))
    .map((child): JsonObject => ({ ...child, weight: 0 }))
    .toSorted((a, b) => (text(a['name']) ?? '').localeCompare(text(b['name']) ?? ''));
  return { ...spec, weighted: { ...(isObject(weighted) ? weighted : {}), services: children } };
}

/** Why the webhook need not see a write; null when it ought to. */
function excuse(group: Group, before: Shape | null, after: Shape): string | null {
  const oldObject = before === null ? null : manifest(group, 'shop', before);
  if (governed({ object: manifest(group, 'shop', after), oldObject }).kind === 'no') return 'not governed';
  if (before === null) return null;
  if (sameJson(before.spec, after.spec) && sameJson(ours(before), ours(after))) return 'nothing of ours';
  const decision = judge(group, before, after);
  const names = new Set(decision?.oldState?.children.map(({ name }) => name));
  const plain = sameJson(rest(before, names), rest(after, names));
  return decision?.switched?.kind === 'rollback' && plain ? 'rollback' : null;
}

t.test('a write that the promotion webhook does not see is a plain rollback, or none of ours', async (t) => {
  const excuses = new Map<string, number>();
  let asked = 0;
  const wrong = await inLanes(storedServices, LANES, async ({ group, before, afters, name, version }) => {
    const told: string[] = [];
    for (const after of afters) {
      const path = `${servicesPath(group, ENFORCED, before === null ? '' : name)}?dryRun=All`;
      const body = manifest(group, name, after, version || undefined);
      const reply = await client.call(before === null ? 'POST' : 'PUT', path, body);
      const why = excuse(group, before, after) ?? 'none';
      if (asks(reply) === 'promotion') asked++;
      else if (reply.status < 300) excuses.set(why, (excuses.get(why) ?? 0) + 1);
      else told.push(`no answer: ${JSON.stringify(reply.body)}`);
      if (reply.status < 300 && why === 'none') told.push(JSON.stringify({ group, before, after }));
    }
    return told;
  });
  t.comment(`${asked} ask the webhook; ${[...excuses].map(([why, times]) => `${why} ${times}`).join(', ')}`);
  t.same(wrong.flat().slice(0, 5), [], `${wrong.flat().length} that the webhook ought to have seen`);
  for (const why of ['not governed', 'nothing of ours', 'rollback']) t.ok((excuses.get(why) ?? 0) >= ENOUGH, why);
  t.ok(asked >= ENOUGH, 'the others are asked about');
});

t.test('a route that the guard does not see is one that it has nothing to say about', async (t) => {
  const counts = { asked: 0, passed: 0, denied: 0 };
  const wrong = await inLanes(storedRoutes, LANES, async ({ group, before, afters, name, version }) => {
    const told: string[] = [];
    for (const { spec } of afters) {
      const path = `${routesPath(group)}${before === null ? '' : `/${name}`}?dryRun=All`;
      const reply = await client.call(
        before === null ? 'POST' : 'PUT',
        path,
        routeManifest(group, name, spec, version),
      );
      const old = before === null ? null : routeManifest(group, name, before);
      const denial = await judgeRoute({
        group,
        before: old,
        after: routeManifest(group, name, spec),
        user: 'developer',
      });
      if (denial !== null) counts.denied++;
      if (asks(reply) === 'guard') counts.asked++;
      else counts.passed++;
      if (reply.status < 300 && denial !== null) told.push(JSON.stringify({ group, before, spec }));
    }
    return told;
  });
  t.comment(JSON.stringify(counts));
  t.same(wrong.flat().slice(0, 5), [], `${wrong.flat().length} that the guard ought to have seen`);
  t.ok(counts.passed >= ENOUGH && counts.denied >= ENOUGH, 'some pass, some are denied');
});
