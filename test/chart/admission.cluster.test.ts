// The chart's entries and policy on a real API server while no webhook answers: what is stored, what waits for the
// webhook, what the API server denies by itself.
import t from 'tap';
import { at, list, text } from '../../common/json.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { connect as connectApi } from '../e2e/api.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { CASES } from './cases.ts';
import type { Shape } from './cases.ts';
import { render } from './chart.ts';
import { connect } from './client.ts';
import type { Client, Reply } from './client.ts';
import { admitBy, developer, ENFORCED, manifest, outcomeOf, servicesPath, SPLIT } from './policy.ts';
import { allTo } from '../objects.ts';

const MODES = ['warn', 'audit', 'off'] as const;
const cluster = await shareCluster(t, 'api', ENFORCED);
const client = connect(cluster);
t.teardown(() => client.close());

interface Write {
  readonly group: Group;
  readonly name: string;
  readonly before?: Shape | undefined;
  readonly after: Shape;
  readonly user?: string | undefined;
}

const versions = new Map<string, string>();

async function store(client: Client, { group, name, before }: Write): Promise<void> {
  if (before === undefined) return;
  const { status, body } = await client.call('POST', servicesPath(group, ENFORCED), manifest(group, name, before));
  if (status !== 201) throw new Error(`${name} could not be stored: ${JSON.stringify(body)}`);
  versions.set(`${group} ${name}`, text(at(body, 'metadata', 'resourceVersion')) ?? '');
}

function attempt({ group, name, before, after, user }: Write): Promise<Reply> {
  const dry = '?dryRun=All';
  return before === undefined
    ? client.call('POST', servicesPath(group, ENFORCED) + dry, manifest(group, name, after), user)
    : client.call(
        'PUT',
        servicesPath(group, ENFORCED, name) + dry,
        manifest(group, name, after, versions.get(`${group} ${name}`) ?? ''),
        user,
      );
}

async function say(after: Shape): Promise<string> {
  return text((await attempt({ group: 'traefik.io', name: 'shop', after })).body['message']) ?? '';
}

function createIn(namespace: string): Promise<Reply> {
  return client.call(
    'POST',
    `${servicesPath('traefik.io', namespace)}?dryRun=All`,
    manifest('traefik.io', 'shop', SPLIT),
  );
}

function routeIn(namespace: string): Promise<Reply> {
  return client.call('POST', `/apis/traefik.io/v1alpha1/namespaces/${namespace}/ingressroutes?dryRun=All`, {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: 'shop' },
    spec: { routes: [{ match: 'PathPrefix(`/`)', kind: 'Rule', services: [{ name: 'blue' }, { name: 'green' }] }] },
  });
}

const table = GROUPS.flatMap((group) =>
  CASES.filter((row) => group === 'traefik.io' || !row.newGroupOnly).map((row, index) => ({
    ...row,
    group,
    title: row.name,
    name: `case-${index}`,
  })),
);

function namespace(name: string, labels: Readonly<Record<string, string>> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  };
}
// What is there before goes in first: the policy would not let most of it.
await cluster.apply([
  namespace(ENFORCED),
  ...MODES.map((mode) => namespace(mode, { 'bluegreen.dev/mode': mode })),
  namespace('typo', { 'bluegreen.dev/mode': 'enfroce' }),
  ...developer('traefikservices'),
]);
await Promise.all(table.map((write) => store(client, write)));
function live(color: 'blue' | 'green'): JsonObject {
  return {
    weighted: { services: ['blue', 'green'].map((name) => ({ name, port: 80, weight: name === color ? 100 : 0 })) },
  };
}
const takenBack: Shape = {
  annotations: {
    'bluegreen.dev/active': 'green',
    'bluegreen.dev/previous': 'blue',
    'bluegreen.dev/record':
      '{"active":{"color":"green"},"previous":{"color":"blue"},"history":[],"supersededPasses":["passed:1"]}',
    'bluegreen.dev/smoke-test': 'failed',
  },
  spec: live('green'),
};
for (const group of GROUPS) await store(client, { group, name: 'taken-back', before: takenBack, after: takenBack });

const objects = await render();
function ofKind(...kinds: readonly string[]): readonly JsonObject[] {
  return objects.filter(({ kind }) => kinds.includes(text(kind) ?? ''));
}
await admitBy(t, cluster, client, ofKind('ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'));
async function denied(): Promise<boolean> {
  return outcomeOf(await attempt({ group: 'traefik.io', name: 'probe', after: SPLIT })) !== 'passes';
}
if (!(await until(denied, 30_000))) throw new Error('the policy does not take effect');

await admitBy(t, cluster, client, ofKind('MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'));

t.test('without a webhook', async (t) => {
  const legal: Shape = { spec: allTo('blue') };
  async function asked(): Promise<boolean> {
    return outcomeOf(await attempt({ group: 'traefik.io', name: 'probe', after: legal })) === 'asks the webhook';
  }
  t.ok(await until(asked, 30_000), 'the entries take effect');
  for (const row of table) {
    t.same(outcomeOf(await attempt(row)), row.outcome, `${row.group}: ${row.title}`);
  }
});

t.test(
  'a server-side apply that brings an old pass back is still a rollback, one that brings a new one is none',
  async (t) => {
    const direct = connectApi(cluster);
    t.teardown(() => direct.close());
    for (const group of GROUPS)
      for (const [value, outcome] of [
        ['passed:1', 'passes'],
        ['passed:2', 'asks the webhook'],
      ] as const) {
        const { metadata, ...rest } = manifest(group, 'taken-back', {
          annotations: { 'bluegreen.dev/smoke-test': value },
          spec: live('blue'),
        });
        const path = `${servicesPath(group, ENFORCED, 'taken-back')}?dryRun=All&fieldManager=argocd&force=true`;
        const body = { ...rest, metadata: metadata ?? {} };
        const reply = await direct.call('PATCH', path, { body, type: 'application/apply-patch+yaml' });
        t.equal(outcomeOf(reply), outcome, `${group}: ${value}`);
      }
  },
);

t.test('messages say what is wrong, where, and how to fix it', async (t) => {
  t.match(
    await say(SPLIT),
    'weights-total: blue 60 + green 30 = 90, not 100. Set one to 100 and the other to 0; single-active',
  );
  const message = await say({
    annotations: {
      'bluegreen.dev/blue': 'blue',
      'bluegreen.dev/green': 'green',
      'bluegreen.dev/frozen': `line\n${'ü'.repeat(6_000)}`,
    },
    spec: { weighted: { services: [{ name: 'green', weight: 100 }] } },
  });
  t.match(message, /smoke-test: green gains weight/);
  t.match(
    message,
    /; frozen: promotions are frozen: line üüü.*kubectl bluegreen unfreeze shop -n enforced/,
    'line breaks and overlong reasons do not hide the message',
  );
  const many = Array.from({ length: 40 }, (_, index) => ({ name: `s-${index}`, weight: 1 }));
  const crowd = await say({
    spec: { weighted: { services: [...many, { name: 'blue', weight: 1 }, { name: 'green', weight: 1 }] } },
  });
  t.match(crowd, 'weights-total: 42 children = 42, not 100');
  t.match(crowd, 'known-colors: only blue and green may be listed. Remove s-0, s-1, s-2 and 37 more');
});

t.test('every namespace has its mode', async (t) => {
  const warned = await createIn('warn');
  t.equal(outcomeOf(warned), 'passes');
  t.match(warned.warnings.join(), 'weights-total: blue 60 + green 30 = 90');
  for (const mode of ['audit', 'off', 'kube-system']) {
    const reply = await createIn(mode);
    t.equal(outcomeOf(reply), 'passes', mode);
    t.notMatch(reply.warnings.join(), 'weights-total', mode);
  }
  t.same(outcomeOf(await createIn('typo')), ['weights-total', 'single-active'], 'what is no mode is the default one');
  t.same(outcomeOf(await routeIn(ENFORCED)), ['inline-weights']);
  t.match((await routeIn('warn')).warnings.join(), 'inline-weights: this IngressRoute splits traffic');
  for (const mode of ['warn', 'audit', 'off']) t.equal(outcomeOf(await routeIn(mode)), 'passes', `a route, ${mode}`);
});

t.test('the policies type-check', async (t) => {
  for (const name of ['bluegreen', 'bluegreen-routes', 'bluegreen-missing-weights']) {
    const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
    let status: unknown;
    async function checked(): Promise<boolean> {
      status = (await client.call('GET', path)).body['status'];
      return at(status, 'typeChecking') !== undefined;
    }
    t.ok(await until(checked, 15_000), `the controller has looked at ${name}`);
    t.same(list(at(status, 'typeChecking', 'expressionWarnings')), []);
  }
});
