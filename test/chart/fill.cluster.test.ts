// The MutatingAdmissionPolicy fills in the weights that the webhook's own code fills in: random updates of recorded
// objects are sent to a real API server as dry runs and to the TypeScript. BLUEGREEN_SAMPLES and BLUEGREEN_SEED as in
// equality.cluster.test.ts.
import { sample } from 'fast-check';
import t from 'tap';
import { at, get, isObject, list, text } from '../../common/json.ts';
import { governed } from '../../webhook/policy/index.ts';
import type { Group, Pair } from '../../webhook/policy/index.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import type { Shape } from './cases.ts';
import { MUTATING_POLICIES, render } from './chart.ts';
import { connect } from './client.ts';
import { judge, shapeOf } from './oracle.ts';
import { admitBy, inLanes, manifest, servicesPath } from './policy.ts';
import { families } from './random-services.ts';

const LANES = 8;
const WANTED = Number(process.env['BLUEGREEN_SAMPLES'] ?? 2_400);
const SEED = Number(process.env['BLUEGREEN_SEED'] ?? 20_240_601);
/** Every way of filling has to come up so often, or the samples do not reach it. */
const ENOUGH = 20;
const OFF = 'fill-off';
const ACTIVE = 'bluegreen.dev/active';

interface Recorded {
  readonly group: Group;
  readonly name: string;
  readonly before: Shape;
  readonly afters: readonly Shape[];
}

const recorded = sample(families, { numRuns: Math.ceil(WANTED / 24), seed: SEED }).flatMap(
  ({ group, before, afters }, index): readonly Recorded[] =>
    before === null ? [] : [{ group, before: withActive(before, index), afters, name: `f-${index}` }],
);

/** Every other object says which color is active, rightly or not; a garbage value is one of the generated ones. */
function withActive(shape: Shape, index: number): Shape {
  const color = ['blue', 'green'][index % 2] ?? '';
  return { ...shape, annotations: { [ACTIVE]: color, ...shape.annotations } };
}

/** Ways to leave weights out of what was written. */
function withoutWeights(shape: Shape): readonly Shape[] {
  const services = list(at(shape.spec ?? {}, 'weighted', 'services')).filter(isObject);
  function bare(isBare: (index: number) => boolean): Shape {
    const next = services.map(({ weight, ...rest }, index) =>
      isBare(index) || weight === undefined ? rest : { ...rest, weight },
    );
    return { ...shape, spec: { ...shape.spec, weighted: { services: next } } };
  }
  return services.length === 0 ? [] : [bare(() => true), bare((index) => index === 0), bare((index) => index === 1)];
}

/** The weights of the first entries of a pair; where there is none, those of all entries. */
function weightsOf(spec: unknown, pair: Pair | null): readonly unknown[] {
  const children = list(at(spec, 'weighted', 'services')).map((child) => ({
    name: get(child, 'name'),
    weight: get(child, 'weight') ?? 'missing',
  }));
  if (pair === null) return children.map(({ weight }) => weight);
  return [pair.blue, pair.green].map((color) => children.find(({ name }) => name === color)?.weight);
}

const cluster = await shareCluster(t, 'api');
const client = connect(cluster, LANES);
t.teardown(() => client.close());
await cluster.apply([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OFF, labels: { 'bluegreen.dev/mode': 'off' } } },
]);

const stored = await inLanes(recorded, LANES, async (each) => {
  const body = manifest(each.group, each.name, each.before);
  const reply = await client.call('POST', servicesPath(each.group, OFF), body);
  if (reply.status !== 201) throw new Error(`${JSON.stringify(body)} is not stored: ${JSON.stringify(reply.body)}`);
  return { ...each, version: text(at(reply.body, 'metadata', 'resourceVersion')) ?? '' };
});

interface Sent {
  readonly group: Group;
  readonly name: string;
  readonly version: string;
  readonly after: Shape;
}
async function write({ group, name, version, after }: Sent): Promise<unknown> {
  const path = `${servicesPath(group, OFF, name)}?dryRun=All`;
  const { status, body } = await client.call('PUT', path, manifest(group, name, after, version));
  return status === 200 ? body['spec'] : body['message'];
}

const objects = await render([], MUTATING_POLICIES);
await admitBy(
  t,
  cluster,
  client,
  objects.filter(({ kind }) => text(kind)?.startsWith('MutatingAdmissionPolicy')),
);
const probe: Shape = {
  spec: { weighted: { services: [{ name: 'blue', port: 80, weight: 100 }] } },
  annotations: { [ACTIVE]: 'blue' },
};
const probed = await client.call('POST', servicesPath('traefik.io', OFF), manifest('traefik.io', 'probe', probe));
async function takesEffect(): Promise<boolean> {
  const [after] = withoutWeights(probe);
  const version = text(at(probed.body, 'metadata', 'resourceVersion')) ?? '';
  if (after === undefined) return false;
  return weightsOf(await write({ group: 'traefik.io', name: 'probe', version, after }), null).join() === '100';
}
if (!(await until(takesEffect, 30_000))) throw new Error('the MutatingAdmissionPolicy does not take effect');

t.test('weights that updates leave out', async (t) => {
  const tally = new Map<string, number>();
  const differences = await inLanes(stored, LANES, async ({ group, before, afters, name, version }) => {
    const told: string[] = [];
    for (const after of [before, ...afters].flatMap(withoutWeights)) {
      const decision = judge(group, before, after);
      // Without a color before the update there is nothing to keep; the webhook fills in what it would at a creation.
      if (decision !== null && (decision.oldState?.active ?? null) === null) continue;
      const objects = { object: manifest(group, name, after), oldObject: manifest(group, name, before) };
      const governance = governed(objects);
      const pair = governance.kind === 'pair' ? governance.pair : null;
      const spec = await write({ group, name, version, after });
      const [here, there] = [spec, decision === null ? after.spec : shapeOf(decision).spec].map((each) =>
        JSON.stringify(weightsOf(each, pair)),
      );
      if (here !== there)
        told.push(`CEL has ${here}, the webhook ${there}: ${JSON.stringify({ group, before, after, spec })}`);
      const filled = decision === null ? 'not governed' : decision.filled.toSorted().join(' and ') || 'nothing';
      tally.set(filled, (tally.get(filled) ?? 0) + 1);
    }
    return told;
  });
  t.comment([...tally].map(([filled, times]) => `${filled} ${times}`).join(', '));
  t.same(differences.flat().slice(0, 5), [], `${differences.flat().length} differences`);
  for (const filled of ['blue', 'green', 'blue and green', 'nothing', 'not governed'])
    t.ok((tally.get(filled) ?? 0) >= ENOUGH, filled);
});
