// The chart's entries and policy on a real API server while no webhook answers: what is stored, what waits for the
// webhook, what the API server refuses by itself.
import { sample } from 'fast-check';
import t from 'tap';
import { at, list, text } from '../../webhook/policy/json.ts';
import {
  CHECKS,
  decide,
  explain,
  GROUPS,
  governed,
  type ColorFacts,
  type Facts,
  type Group,
  type JsonObject,
} from '../../webhook/policy/index.ts';
import { installTraefikCrds, startCluster } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { CASES, type Shape } from './cases.ts';
import { render } from './chart.ts';
import { connect, type Client, type Reply } from './client.ts';
import { pairs } from './pairs.ts';

const ENFORCED = 'enforced';
const MODES = ['warn', 'audit', 'off'] as const;
const SAMPLES = 300;
/** The checks that CEL decides in full. */
const STATIC: ReadonlySet<string> = new Set(CHECKS.filter(({ cel }) => cel === 'yes').map(({ id }) => id));

const cluster = await startCluster();
t.teardown(() => cluster.stop());
await installTraefikCrds(cluster);
const client = connect(cluster);
t.teardown(() => client.close());

const url = (group: Group, namespace: string, name = ''): string =>
  `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices${name === '' ? '' : `/${name}`}`;

const manifest = (group: Group, name: string, shape: Shape, resourceVersion?: string): JsonObject => ({
  apiVersion: `${group}/v1alpha1`,
  kind: 'TraefikService',
  metadata: {
    name,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    annotations: shape.annotations ?? {},
    labels: shape.labels ?? {},
  },
  spec: shape.spec ?? {},
});

/** The checks that a refusal names, each once; or what else happened. */
const outcomeOf = ({ status, body }: Reply): string | readonly string[] => {
  const message = text(body['message']) ?? '';
  if (status < 300) return 'passes';
  if (message.includes('failed calling webhook "promotion.bluegreen.dev"')) return 'asks the webhook';
  const [, findings] = /ValidatingAdmissionPolicy 'bluegreen' .*denied request: (.*)$/s.exec(message) ?? [];
  if (findings === undefined) return `${status}: ${message}`;
  return [...new Set([...findings.matchAll(/(?:^|; )([a-z-]+): /g)].map(([, check = '']) => check))];
};

interface Write {
  readonly group: Group;
  readonly name: string;
  readonly before?: Shape | undefined;
  readonly after: Shape;
  readonly user?: string | undefined;
}

const versions = new Map<string, string>();

const store = async (client: Client, { group, name, before }: Write): Promise<void> => {
  if (before === undefined) return;
  const { status, body } = await client.call('POST', url(group, ENFORCED), manifest(group, name, before));
  if (status !== 201) throw new Error(`${name} could not be stored: ${JSON.stringify(body)}`);
  versions.set(`${group} ${name}`, text(at(body, 'metadata', 'resourceVersion')) ?? '');
};

const attempt = ({ group, name, before, after, user }: Write): Promise<Reply> => {
  const dry = '?dryRun=All';
  return before === undefined
    ? client.call('POST', url(group, ENFORCED) + dry, manifest(group, name, after), user)
    : client.call(
        'PUT',
        url(group, ENFORCED, name) + dry,
        manifest(group, name, after, versions.get(`${group} ${name}`) ?? ''),
        user,
      );
};

const say = async (after: Shape): Promise<string> =>
  text((await attempt({ group: 'traefik.io', name: 'shop', after })).body['message']) ?? '';

const createIn = (namespace: string): Promise<Reply> =>
  client.call('POST', `${url('traefik.io', namespace)}?dryRun=All`, manifest('traefik.io', 'shop', bad));

const table = GROUPS.flatMap((group) =>
  CASES.filter((row) => group === 'traefik.io' || row.newGroupOnly !== true).map((row, index) => ({
    ...row,
    group,
    title: row.name,
    name: `case-${index}`,
  })),
);
const samples = sample(pairs, { numRuns: SAMPLES, seed: 20_240_601 }).map((write, index) => ({
  ...write,
  group: GROUPS[index % 2] ?? 'traefik.io',
  name: `sample-${index}`,
}));

const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
const developer = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'developer' },
    rules: [{ apiGroups: [...GROUPS], resources: ['traefikservices'], verbs: ['get', 'create', 'update', 'patch'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'developer' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'developer' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'developer' }],
  },
];

// What is there before goes in first: the policy would not let most of it.
await cluster.apply([
  namespace(ENFORCED),
  ...MODES.map((mode) => namespace(mode, { 'bluegreen.dev/mode': mode })),
  namespace('typo', { 'bluegreen.dev/mode': 'enfroce' }),
  ...developer,
]);
await Promise.all([...table, ...samples].map((write) => store(client, write)));

const objects = await render();
const ofKind = (...kinds: readonly string[]): readonly JsonObject[] =>
  objects.filter(({ kind }) => kinds.includes(text(kind) ?? ''));
await cluster.apply(ofKind('ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'));
const bad: Shape = {
  spec: {
    weighted: {
      services: [
        { name: 'blue', weight: 60 },
        { name: 'green', weight: 30 },
      ],
    },
  },
};
const refused = async (): Promise<boolean> =>
  outcomeOf(await attempt({ group: 'traefik.io', name: 'probe', after: bad })) !== 'passes';
if (!(await until(refused, 30_000))) throw new Error('the policy does not take effect');

t.test('what the webhook allows, the policy allows; both find the same', async (t) => {
  const facts: Facts = { known: true, blue: running('6.1.5'), green: running('6.1.6') };
  let compared = 0;
  for (const write of samples) {
    const { group, name, before, after } = write;
    const change = {
      operation: before === undefined ? ('CREATE' as const) : ('UPDATE' as const),
      group,
      namespace: ENFORCED,
      name,
      object: manifest(group, name, after),
      oldObject: before === undefined ? null : manifest(group, name, before),
      user: 'admin',
      serverSideApply: false,
    };
    const governance = governed(change);
    if (governance.kind !== 'pair') {
      t.equal(outcomeOf(await attempt(write)), 'passes', `not governed: ${JSON.stringify(write)}`);
      continue;
    }
    const decision = decide({
      change,
      pair: governance.pair,
      facts,
      settings: { allowEmptyServices: false, requireFullCapacity: false, requirePromoteVerb: false },
      at: '2024-06-01T12:00:00Z',
    });
    const { metadata, spec } = decision.object;
    const completed: Shape = { annotations: strings(at(metadata, 'annotations')), spec: isSpec(spec) ? spec : {} };
    const reply = await attempt({ ...write, after: completed });
    const outcome = outcomeOf(reply);
    const wording = text(reply.body['message']) ?? '';
    const found = Array.isArray(outcome) ? outcome.filter((check) => STATIC.has(check)) : [];
    const expected = [...new Set(decision.violations.map(({ check }) => check))].filter((check) => STATIC.has(check));
    for (const violation of decision.violations.filter(({ check }) => STATIC.has(check))) {
      // CEL does not know what the mutation filled in.
      const words = explain(violation).replaceAll(' (filled in)', '');
      t.ok(wording.includes(words), `in the same words: ${words}`);
    }
    t.same(found, expected, JSON.stringify({ ...write, outcome, completed }));
    if (decision.violations.length === 0) t.equal(outcome, 'passes', JSON.stringify({ ...write, completed }));
    compared++;
  }
  t.ok(compared > SAMPLES / 3, `${compared} governed samples`);
});

t.test('without a webhook', async (t) => {
  await cluster.apply(ofKind('MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'));
  const legal: Shape = {
    spec: {
      weighted: {
        services: [
          { name: 'blue', weight: 100 },
          { name: 'green', weight: 0 },
        ],
      },
    },
  };
  const asked = async (): Promise<boolean> =>
    outcomeOf(await attempt({ group: 'traefik.io', name: 'probe', after: legal })) === 'asks the webhook';
  t.ok(await until(asked, 30_000), 'the entries take effect');
  for (const row of table) {
    t.same(outcomeOf(await attempt(row)), row.outcome, `${row.group}: ${row.title}`);
  }
});

t.test('messages say what is wrong, where, and how to fix it', async (t) => {
  t.match(
    await say(bad),
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
  const crowd = await say({ spec: { weighted: { services: [...many, { name: 'blue' }, { name: 'green' }] } } });
  t.match(crowd, 'weights-total: 42 children = 42, not 100');
  t.match(crowd, 'known-colors: only blue and green may stand in the list. Remove s-0, s-1, s-2 and 37 more');
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
});

t.test('the policy type-checks', async (t) => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/bluegreen';
  let status: unknown;
  const checked = async (): Promise<boolean> => {
    status = (await client.call('GET', path)).body['status'];
    return at(status, 'typeChecking') !== undefined;
  };
  t.ok(await until(checked, 15_000), 'the controller has looked at it');
  t.same(list(at(status, 'typeChecking', 'expressionWarnings')), []);
});

function running(tag: string): ColorFacts {
  const images = [`registry.example.com/app:${tag}`];
  return {
    service: { ports: [{ name: null, port: 80 }], hasSelector: true, external: false },
    readyEndpoints: 2,
    revisions: [{ name: `r-${tag.replaceAll('.', '')}`, images, imageIDs: [] }],
    workload: { kind: 'Deployment', name: 'app', images, replicas: 2, unsettled: null },
  };
}

function strings(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, entry]) => [key, text(entry) ?? '']));
}

function isSpec(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
