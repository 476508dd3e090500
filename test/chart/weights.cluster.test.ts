// Weights that a manifest leaves out, while no webhook answers: in every mode, in a namespace that is never guarded, and
// by every way of writing. First on a cluster without MutatingAdmissionPolicies, then on one that serves them.
import t from 'tap';
import { annotation, at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import { connect } from '../e2e/api.ts';
import type { Reply } from '../e2e/api.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { MUTATING_POLICIES, render } from './chart.ts';
import { connect as connectChart } from './client.ts';
import { admitBy, servicesPath } from './policy.ts';

const MODES = ['enforce', 'warn', 'audit', 'off'] as const;
const PLACES = [...MODES.map((mode) => `lost-${mode}`), 'kube-system'];
const DENYING = PLACES.slice(0, 3);
const RECORD = '{"active":{"color":"green"},"previous":{"color":"blue"},"history":[]}';
const RECORDED = { 'bluegreen.dev/active': 'green', 'bluegreen.dev/previous': 'blue', 'bluegreen.dev/record': RECORD };

type Weights = readonly (number | undefined)[];

function service(
  name: string,
  weights: Weights,
  annotations: JsonObject = {},
  group: Group = 'traefik.io',
): JsonObject {
  const services = weights.map((weight, index) => ({
    name: index === 0 ? 'blue' : 'green',
    port: 80,
    ...(weight === undefined ? {} : { weight }),
  }));
  return {
    apiVersion: `${group}/v1alpha1`,
    kind: 'TraefikService',
    metadata: { name, annotations },
    spec: { weighted: { services } },
  };
}
function weightsIn(object: JsonObject): readonly unknown[] {
  return list(at(object, 'spec', 'weighted', 'services')).map((child) => get(child, 'weight') ?? null);
}

const cluster = await shareCluster(t, 'api');
const [client, admitting] = [connect(cluster), connectChart(cluster)];
t.teardown(() => [client.close(), admitting.close()]);

/** Stored objects by name: green active; weights lost; never seen by the webhook. */
const STORED = {
  promoted: service('promoted', [0, 100], RECORDED),
  lost: service('lost', [undefined, undefined], RECORDED),
  theirs: service('theirs', [0, 100]),
};
await cluster.apply(
  MODES.map((mode) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `lost-${mode}`, labels: { 'bluegreen.dev/mode': mode } },
  })),
);
for (const place of PLACES)
  for (const group of GROUPS)
    for (const object of Object.values(STORED)) {
      const body = { ...object, apiVersion: `${group}/v1alpha1` };
      const reply = await client.call('POST', servicesPath(group, place), { body });
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
    }
t.teardown(() =>
  cluster.kubectlOk([
    'delete',
    '--namespace=kube-system',
    '--ignore-not-found',
    ...GROUPS.flatMap((group) => Object.keys(STORED).map((name) => `traefikservices.${group}/${name}`)),
  ]),
);

interface Write {
  readonly place: string;
  readonly name: keyof typeof STORED;
  readonly group?: Group;
}

/** The ways in which a manifest without weights arrives, as dry runs. */
const WAYS: Readonly<Record<string, (write: Write, weights: Weights) => Promise<Reply>>> = {
  'a client-side apply': ({ place, name, group = 'traefik.io' }, weights) =>
    client.call('PATCH', `${servicesPath(group, place, name)}?dryRun=All`, {
      body: { spec: service(name, weights)['spec'] ?? {} },
      type: 'application/merge-patch+json',
    }),
  'a replacement without annotations': async ({ place, name, group = 'traefik.io' }, weights) => {
    const path = servicesPath(group, place, name);
    const stored = await client.call('GET', path);
    const resourceVersion = text(at(stored.body, 'metadata', 'resourceVersion')) ?? '';
    const body = { ...service(name, weights, {}, group), metadata: { name, resourceVersion } };
    return client.call('PUT', `${path}?dryRun=All`, { body });
  },
  'a forced server-side apply': ({ place, name, group = 'traefik.io' }, weights) =>
    client.call('PATCH', `${servicesPath(group, place, name)}?dryRun=All&fieldManager=argocd&force=true`, {
      body: { ...service(name, weights, {}, group), metadata: { name } },
      type: 'application/apply-patch+yaml',
    }),
};
const LEFT_OUT: Weights = [undefined, undefined];

async function sync(place: string, name: keyof typeof STORED, weights: Weights = LEFT_OUT): Promise<Reply> {
  const way = WAYS['a client-side apply'];
  if (way === undefined) throw new Error('no such way');
  return way({ place, name }, weights);
}

function ofKind(objects: readonly JsonObject[], prefix: string): readonly JsonObject[] {
  return objects.filter(({ kind }) => text(kind)?.startsWith(prefix) === true);
}
const objects = await render([], MUTATING_POLICIES);
await admitBy(t, cluster, admitting, ofKind(objects, 'ValidatingAdmissionPolicy'));
async function deniedEverywhere(): Promise<boolean> {
  const replies = await Promise.all(DENYING.map((place) => sync(place, 'promoted')));
  return replies.every(({ status }) => status === 403);
}
if (!(await until(deniedEverywhere, 30_000))) throw new Error('a missing weight is not denied in every mode but off');
await admitBy(t, cluster, admitting, [
  ...ofKind(objects, 'MutatingWebhookConfiguration'),
  ...ofKind(objects, 'ValidatingWebhookConfiguration'),
]);

t.test('without a MutatingAdmissionPolicy', async (t) => {
  for (const place of DENYING)
    for (const [way, write] of Object.entries(WAYS)) {
      const reply = await write({ place, name: 'promoted' }, LEFT_OUT);
      const message = text(reply.body['message']) ?? '';
      t.equal(reply.status, 403, `${place}, ${way}`);
      t.match(
        message,
        /weights-total: blue and green have no weight, and no webhook answered that fills it in: Traefik would split production\. Leave Git as it is and apply again when the webhook answers\. See: kubectl bluegreen doctor -n lost-/,
      );
      t.notMatch(message, /Set one to 100/, 'no weights for Git');
      t.ok(message.replace(/^.*denied request: /, '').length <= 300, 'one line');
    }
  for (const place of DENYING) {
    const label = await client.call('PATCH', `${servicesPath('traefik.io', place, 'lost')}?dryRun=All`, {
      body: { metadata: { labels: { team: 'web' } } },
      type: 'application/merge-patch+json',
    });
    t.equal(label.status, 200, `${place}: what was lost before is not denied now`);
  }
  for (const place of PLACES.slice(3)) {
    t.same(weightsIn((await sync(place, 'promoted')).body), [null, null], `${place}: production is split`);
  }
});

t.test('with a MutatingAdmissionPolicy', async (t) => {
  async function filled(): Promise<boolean> {
    return weightsIn((await sync('lost-off', 'promoted')).body).join() === '0,100';
  }
  const path = servicesPath('traefik.io', 'lost-off', 'promoted');
  t.teardown(async () => {
    if (!(await until(async () => !(await filled()), 30_000))) throw new Error(`${path} is still filled in`);
  });
  const fills = ofKind(objects, 'MutatingAdmissionPolicy');
  const manifests = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: fills });
  t.teardown(() => cluster.kubectlOk(['delete', '-f', '-'], { input: manifests }));
  await cluster.apply(fills);
  t.ok(await until(filled, 30_000), 'it takes effect');

  for (const group of GROUPS)
    for (const place of PLACES)
      for (const [way, write] of Object.entries(WAYS)) {
        const { status, body } = await write({ place, name: 'promoted', group }, LEFT_OUT);
        t.same(
          [status, ...weightsIn(body)],
          [200, 0, 100],
          `${group}, ${place}, ${way}: ${text(body['message']) ?? ''}`,
        );
        for (const [key, value] of Object.entries(RECORDED)) t.equal(annotation(body, key), value, `${key} stays`);
      }
  t.same(weightsIn((await sync('lost-off', 'promoted', [undefined, 100])).body), [0, 100], 'one weight left out');
  t.same(weightsIn((await sync('lost-off', 'lost')).body), [0, 100], 'lost weights come back from the record');
  t.same(
    weightsIn((await sync('lost-off', 'theirs')).body),
    [null, null],
    'weights of others stay as they are written',
  );
  const bare = await client.call('PATCH', `${path}?dryRun=All`, {
    body: { metadata: { annotations: { 'bluegreen.dev/active': null, 'bluegreen.dev/record': null } } },
    type: 'application/merge-patch+json',
  });
  t.equal(annotation(bare.body, 'bluegreen.dev/active'), null, 'a record can be taken away, beside weights');
});
