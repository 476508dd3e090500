// The policy in CEL and the webhook's own code decide the same: random objects are sent to a real API server as dry runs
// and to the TypeScript. BLUEGREEN_SAMPLES=50000 for more requests, BLUEGREEN_SEED=… for others.
import { sample } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import t from 'tap';
import { at, text } from '../../common/json.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { render } from './chart.ts';
import { connect } from './client.ts';
import { judge, judgeRoute, shapeOf, STATIC, staticFindings } from './oracle.ts';
import { admitBy, developer, ENFORCED, inLanes, manifest, outcomeOf, denialOf, servicesPath } from './policy.ts';
import { routeFamilies } from './random-routes.ts';
import type { RouteWrite } from './random-routes.ts';
import { families } from './random-services.ts';

const LANES = 8;
const WANTED = Number(process.env['BLUEGREEN_SAMPLES'] ?? 2_400);
const SEED = Number(process.env['BLUEGREEN_SEED'] ?? 20_240_601);
/** Every finding has to come up so often, or the samples do not reach it. */
const ENOUGH = 20;
const RARE = 3;
/** What the static checks can find. */
const REASONS = [
  'weights do not sum to 100',
  'not exactly one color is active',
  'the pair changes',
  'governance ends',
  'an entry is no color',
  'a color is listed twice',
  'a color is no Service',
  'a color is in another namespace',
  'a color is named with a provider',
  'an annotation gives a color the name of the other one',
  'the active color is missing',
  'no color is listed',
  'another kind than weighted',
  'promotions are frozen',
];

function draw<Value>(values: Arbitrary<Value>, numRuns: number): readonly Value[] {
  return sample(values, { numRuns, seed: SEED });
}
const services = draw(families, Math.ceil((WANTED * 3) / 4 / 6)).map((family, index) => ({
  ...family,
  name: `s-${index}`,
}));
const routes = draw(routeFamilies, Math.ceil(WANTED / 4 / 5)).map((family, index) => ({
  ...family,
  name: `r-${index}`,
}));

const cluster = await shareCluster(t, 'api', ENFORCED);
const client = connect(cluster, LANES);
t.teardown(() => client.close());
t.comment(`seed ${SEED}, ${services.length * 6} writes of TraefikServices, ${routes.length * 5} of IngressRoutes`);

function routesPath(group: Group, name = ''): string {
  return `/apis/${group}/v1alpha1/namespaces/${ENFORCED}/ingressroutes${name === '' ? '' : `/${name}`}`;
}
function routeManifest(group: Group, name: string, spec: JsonObject, version = '', annotations = {}): JsonObject {
  return {
    apiVersion: `${group}/v1alpha1`,
    kind: 'IngressRoute',
    metadata: { name, annotations, ...(version === '' ? {} : { resourceVersion: version }) },
    spec,
  };
}

/** Stores an object; its version. */
async function store(path: string, body: JsonObject): Promise<string> {
  const reply = await client.call('POST', path, body);
  if (reply.status !== 201)
    throw new Error(`${JSON.stringify(body)} could not be stored: ${JSON.stringify(reply.body)}`);
  return text(at(reply.body, 'metadata', 'resourceVersion')) ?? '';
}

// What is there before goes in first: the policy would not let most of it.
await cluster.apply([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ENFORCED } },
  ...developer('ingressroutes'),
]);
const storedServices = await inLanes(services, LANES, async (family) => {
  const { group, before, name } = family;
  const version = before === null ? '' : await store(servicesPath(group, ENFORCED), manifest(group, name, before));
  return { ...family, version };
});
const storedRoutes = await inLanes(routes, LANES, async (family) => {
  const { group, before, name } = family;
  const version = before === null ? '' : await store(routesPath(group), routeManifest(group, name, before));
  return { ...family, version };
});

const policies = (await render()).filter(({ kind }) => text(kind)?.startsWith('ValidatingAdmissionPolicy'));
await admitBy(t, cluster, client, policies);
const split = { routes: [{ match: 'x', kind: 'Rule', services: [{ name: 'blue' }, { name: 'green' }] }] };
async function holds(): Promise<boolean> {
  const bad = manifest('traefik.io', 'probe', {
    spec: { weighted: { services: [{ name: 'blue' }, { name: 'green' }] } },
  });
  const probes = [
    client.call('POST', `${servicesPath('traefik.io', ENFORCED)}?dryRun=All`, bad),
    client.call('POST', `${routesPath('traefik.io')}?dryRun=All`, routeManifest('traefik.io', 'probe', split)),
  ];
  return (await Promise.all(probes)).every((reply) => denialOf(reply) !== null);
}
if (!(await until(holds, 30_000))) throw new Error('the policies do not take effect');

function count(counts: Map<string, number>, key: string): void {
  void counts.set(key, (counts.get(key) ?? 0) + 1);
}
function show(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, times]) => `${key} ${times}`)
    .join(', ');
}

t.test('TraefikServices', async (t) => {
  const found = new Map<string, number>();
  const reasons = new Map<string, number>();
  const tally = { governed: 0, ungoverned: 0, denied: 0 };
  const differences = await inLanes(storedServices, LANES, async ({ group, before, afters, name, version }) => {
    const told: string[] = [];
    for (const after of afters) {
      const decision = judge(group, before, after);
      const sent = decision === null ? after : shapeOf(decision);
      const path = `${servicesPath(group, ENFORCED, before === null ? '' : name)}?dryRun=All`;
      const reply = await client.call(
        before === null ? 'POST' : 'PUT',
        path,
        manifest(group, name, sent, version || undefined),
      );
      const outcome = outcomeOf(reply);
      function differ(what: string): number {
        return told.push(`${what}: ${JSON.stringify({ group, before, after, sent, outcome })}`);
      }
      if (decision === null) {
        tally.ungoverned++;
        if (outcome !== 'passes') differ('not governed, but denied');
        continue;
      }
      tally.governed++;
      if (typeof outcome === 'string' && outcome !== 'passes') differ('no decision');
      const here = new Set(Array.isArray(outcome) ? outcome.filter((check) => STATIC.has(check)) : []);
      const there = new Set(
        decision.findings.map(({ check }) => text(check) ?? '').filter((check) => STATIC.has(check)),
      );
      if ([...STATIC].some((check) => here.has(check) !== there.has(check)))
        differ(`CEL finds ${[...here].join()}, the webhook ${[...there].join()}`);
      if (decision.findings.length === 0 && outcome !== 'passes') differ('denied by CEL only');
      const said = (denialOf(reply) ?? '').replaceAll(name, 'shop');
      const unsaid = staticFindings(decision).find((words) => !said.includes(words));
      if (unsaid !== undefined) differ(`other words than ${unsaid}`);
      if (outcome !== 'passes') tally.denied++;
      for (const check of STATIC) count(found, `${check} ${there.has(check) ? 'found' : 'not found'}`);
      for (const { check, reason } of decision.findings) if (STATIC.has(check)) count(reasons, reason);
    }
    return told;
  });
  t.comment(`${tally.governed} governed (${tally.denied} denied), ${tally.ungoverned} not governed`);
  t.comment(show(found));
  t.comment(show(reasons));
  t.same(differences.flat().slice(0, 5), [], `${differences.flat().length} differences`);
  for (const check of STATIC)
    for (const verdict of ['found', 'not found'])
      t.ok((found.get(`${check} ${verdict}`) ?? 0) >= ENOUGH, `${check} ${verdict}`);
  for (const reason of REASONS) t.ok((reasons.get(reason) ?? 0) >= RARE, reason);
  t.same(
    [...reasons.keys()].filter((reason) => !REASONS.includes(reason)),
    [],
    'no finding is left out',
  );
  t.ok(tally.ungoverned >= ENOUGH, 'others are left alone');
});

t.test('IngressRoutes', async (t) => {
  const found = new Map<string, number>();
  const differences = await inLanes(storedRoutes, LANES, async ({ group, before, afters, name, version }) => {
    const told: string[] = [];
    async function attempt({ spec, annotations, user }: RouteWrite): Promise<string | null> {
      const body = routeManifest(group, name, spec, version, annotations);
      const path = `${routesPath(group, before === null ? '' : name)}?dryRun=All`;
      const reply = await client.call(
        before === null ? 'POST' : 'PUT',
        path,
        body,
        user === 'admin' ? undefined : user,
      );
      return outcomeOf(reply) === 'passes' ? null : (denialOf(reply) ?? JSON.stringify(reply.body));
    }
    for (const after of afters) {
      function object(spec: JsonObject): JsonObject {
        return routeManifest(group, name, spec, '', after.annotations);
      }
      const change = {
        group,
        before: before === null ? null : object(before),
        after: object(after.spec),
        user: after.user,
      };
      const [here, there] = await Promise.all([attempt(after), judgeRoute(change)]);
      if (here !== there)
        told.push(`CEL says ${here}, the webhook ${there}: ${JSON.stringify({ group, before, after })}`);
      count(found, there === null ? 'allowed' : 'denied');
      if ('bluegreen.dev/override' in after.annotations)
        count(found, `override by ${after.user}, ${there === null ? 'allowed' : 'denied'}`);
    }
    return told;
  });
  t.comment(show(found));
  t.same(differences.flat().slice(0, 5), [], `${differences.flat().length} differences`);
  for (const verdict of ['allowed', 'denied', 'override by developer, denied', 'override by admin, allowed'])
    t.ok((found.get(verdict) ?? 0) >= ENOUGH, verdict);
});

t.equal(
  GROUPS.every((group) => services.some((family) => family.group === group)),
  true,
  'both groups are asked',
);
