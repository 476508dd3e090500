// The chart's life on a real cluster: installed, upgraded and uninstalled while somebody works with TraefikServices.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { installBluegreen, RELEASE, REPLICATED, stopWebhook, upgradeBluegreen } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { backFlags, CHART } from './chart.ts';
import { connect } from './client.ts';
import { shopObjects, traefikService, weightedSpec } from '../objects.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());

const SHOP = 'shop';
/** Milliseconds between two of the creations that are tried meanwhile. */
const PAUSE_MS = 50;
/** Milliseconds between two runs of doctor. */
const EXAMINE_MS = 1_000;
const SERVICES = `/apis/traefik.io/v1alpha1/namespaces/${SHOP}/traefikservices`;
const SECRET = `/api/v1/namespaces/${RELEASE.namespace}/secrets/bluegreen-ca`;
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const here = ['-n', RELEASE.namespace];

await cluster.apply(shopObjects(SHOP));

/** What a dry-run creation with these weights ends in; the weights 100 and 0 are legal. */
async function attempt(blue: number, green: number): Promise<string> {
  const object = traefikService({ name: 'shop' }, weightedSpec(blue, green));
  const { status, body } = await client.call('POST', `${SERVICES}?dryRun=All`, object);
  const message = text(body['message']) ?? '';
  if (status === 201) return 'stored';
  if (message.includes('admission webhook "mutate.bluegreen.dev" denied')) return 'denied by the webhook';
  if (message.includes('failed calling webhook')) return 'denied for want of the webhook';
  if (message.includes('ValidatingAdmissionPolicy')) return 'denied by the policy';
  return message;
}

/** Tries one creation after the other until `work` is done, and counts how they ended. */
async function during(
  work: Promise<unknown>,
  [blue, green]: readonly [number, number],
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const ended = work.then(() => 'ended');
  do {
    const outcome = await attempt(blue, green);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  } while ((await Promise.race([ended, sleep(PAUSE_MS)])) !== 'ended');
  return counts;
}

async function live(path: string): Promise<JsonObject> {
  return (await client.call('GET', path)).body;
}
function configuration(kind: 'mutating' | 'validating'): Promise<JsonObject> {
  return live(`${CONFIGURATIONS}/${kind}webhookconfigurations/bluegreen`);
}
function bundles(object: JsonObject): readonly unknown[] {
  return list(object['webhooks']).map((entry) => at(entry, 'clientConfig', 'caBundle'));
}
async function promotionPolicy(): Promise<unknown> {
  return get(list((await configuration('validating'))['webhooks'])[0], 'failurePolicy');
}
function uninstall(): Promise<string> {
  return cluster.helmOk(['uninstall', RELEASE.name, ...here, '--wait', '--timeout', '120s']);
}
async function can(verb: string, what: string, namespace: string = SHOP): Promise<string> {
  const as = `--as=system:serviceaccount:${RELEASE.namespace}:bluegreen`;
  return (await cluster.kubectl(['auth', 'can-i', verb, what, '-n', namespace, as])).stdout.trim();
}

/** What the chart left of the kinds that it renders. */
async function leftovers(): Promise<string> {
  const kinds = [
    'mutatingwebhookconfigurations,validatingwebhookconfigurations',
    'validatingadmissionpolicies,validatingadmissionpolicybindings',
    'clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts',
    'deployments,services,secrets,poddisruptionbudgets',
  ].join(',');
  return cluster.kubectlOk(['get', kinds, '-A', '-l', `app.kubernetes.io/instance=${RELEASE.name}`, '-o', 'name']);
}

t.test('a first installation whose image cannot be pulled blocks nobody', async (t) => {
  await installPlugin(cluster);
  const before = await cluster.kubectl(['bluegreen', 'doctor', '--pre', '-n', SHOP]);
  t.equal(before.code, 0, before.stdout);
  t.match(before.stdout, '√ you may install the chart');
  await cluster.helmOk([
    'install',
    RELEASE.name,
    CHART,
    ...here,
    '--create-namespace',
    '--set',
    'image.pullPolicy=Never',
  ]);
  t.ok(await until(async () => (await attempt(60, 30)) === 'denied by the policy', 10_000), 'the policy holds');
  t.equal(await attempt(100, 0), 'stored');
  async function examined(): Promise<string> {
    return (await cluster.kubectl(['bluegreen', 'doctor', '-n', SHOP])).stdout;
  }
  t.ok(
    await until(async () => (await examined()).includes('ErrImageNeverPull'), 60_000, EXAMINE_MS),
    'doctor has the reason',
  );
  t.match(await examined(), "    Correct the chart's values image.registry, image.repository and image.tag, or ");
  await uninstall();
  t.equal(await leftovers(), '', 'and it can be uninstalled');
});

t.test('helm install --wait returns when admissions are answered', async (t) => {
  await installBluegreen(cluster, REPLICATED);
  t.equal(await attempt(60, 30), 'denied by the webhook');
  t.equal(await attempt(100, 0), 'stored');
});

t.test('from then on a promotion waits for the webhook', async (t) => {
  t.equal(await promotionPolicy(), 'Fail');
});

t.test('helm test tries it from a pod', async (t) => {
  const { code, stdout, stderr } = await cluster.helm(['test', RELEASE.name, ...here]);
  t.equal(code, 0, stdout);
  t.match(stderr, 'traefik.io: denied by the webhook, as it should be');
  t.match(stderr, 'traefik.containo.us: denied by the webhook, as it should be');
});

t.test('an upgrade loses no admission and leaves the certificates alone', async (t) => {
  const before = await Promise.all([configuration('mutating'), configuration('validating')]);
  const secret = await live(SECRET);
  t.ok(get(secret['data'], 'ca.crt'));
  const rolled = upgradeBluegreen(cluster, '--set', 'podAnnotations.rolled=yes');
  t.same(Object.keys(await during(rolled, [60, 30])), ['denied by the webhook']);
  const after = await Promise.all([configuration('mutating'), configuration('validating')]);
  t.same(after.map(bundles), before.map(bundles));
  t.same((await live(SECRET))['data'], secret['data']);
  t.equal(await promotionPolicy(), 'Fail');
});

t.test('a rollback of the release does so, too', async (t) => {
  const back = cluster.helmOk(['rollback', RELEASE.name, '1', ...here, '--wait', '--timeout', '120s', ...backFlags()]);
  t.same(Object.keys(await during(back, [60, 30])), ['denied by the webhook']);
});

t.test('which leaves the promotion webhook at Fail', async (t) => {
  t.ok(await until(async () => (await promotionPolicy()) === 'Fail', 15_000));
});

t.test('the webhook may do what it has to and nothing else', async (t) => {
  const may = [
    ['get', 'services'],
    ['list', 'pods'],
    ['list', 'endpointslices.discovery.k8s.io'],
    ['get', 'deployments.apps'],
    ['patch', 'mutatingwebhookconfigurations.admissionregistration.k8s.io/bluegreen'],
    ['patch', 'secrets/bluegreen-ca', RELEASE.namespace],
    ['create', 'secrets/bluegreen-ca', RELEASE.namespace],
  ] as const;
  for (const [verb, what, namespace] of may) t.equal(await can(verb, what, namespace), 'yes', `${verb} ${what}`);
  const mayNot = [
    ['get', 'secrets'],
    ['list', 'secrets', RELEASE.namespace],
    ['create', 'secrets', RELEASE.namespace],
    ['create', 'secrets/other', RELEASE.namespace],
    ['get', 'secrets/other', RELEASE.namespace],
    ['patch', 'mutatingwebhookconfigurations.admissionregistration.k8s.io/other'],
    ['delete', 'validatingwebhookconfigurations.admissionregistration.k8s.io/bluegreen'],
    ['patch', 'deployments.apps'],
    ['patch', 'traefikservices.traefik.io'],
  ] as const;
  for (const [verb, what, namespace] of mayNot) t.equal(await can(verb, what, namespace), 'no', `${verb} ${what}`);
});

t.test('uninstalling denies nothing for want of the webhook, and leaves nothing', async (t) => {
  const counts = await during(uninstall(), [100, 0]);
  t.same(Object.keys(counts), ['stored']);
  t.equal(await leftovers(), '');
});

t.test('uninstalling works when the webhook does not', async (t) => {
  await installBluegreen(cluster);
  await upgradeBluegreen(cluster);
  await stopWebhook(cluster);
  t.equal(await attempt(100, 0), 'denied for want of the webhook');
  await uninstall();
  t.equal(await attempt(100, 0), 'stored');
  t.equal(await leftovers(), '');
});

t.test('an installation without a namespace, and one that denies nothing, pass helm test and doctor', async (t) => {
  // Kept by the releases before, in another namespace: Helm would not take it over.
  const kept = 'mutatingadmissionpolicies,mutatingadmissionpolicybindings';
  await cluster.kubectlOk(['delete', kept, '-l', `app.kubernetes.io/instance=${RELEASE.name}`]);
  const values = [
    `image.repository=${cluster.registry}/bluegreen-webhook`,
    'replicaCount=1,drainSeconds=1,fillWeights.keep=false',
  ];
  const image = values.flatMap((value) => ['--set', value]);
  const wait = ['--wait', '--timeout', '120s'];
  for (const [mode, said] of [
    ['enforce', 'traefik.io: denied by the webhook, as it should be'],
    ['audit', 'traefik.io: accepted, as it should be in the mode audit'],
    ['warn', 'traefik.io: accepted, as it should be in the mode warn'],
  ] as const) {
    await cluster.helmOk(['install', RELEASE.name, CHART, ...wait, ...image, '--set', `mode=${mode}`]);
    const tested = await cluster.helm(['test', RELEASE.name]);
    t.equal(tested.code, 0, `${mode}: ${tested.stdout}${tested.stderr}`);
    t.match(tested.stderr, said);
    for (const namespace of ['default', SHOP]) {
      const { code, stdout } = await cluster.kubectl(['bluegreen', 'doctor', '-n', namespace, '-o', 'short']);
      t.equal(code, 0, `${mode} ${namespace}: ${stdout}`);
    }
    await cluster.helmOk(['uninstall', RELEASE.name, ...wait]);
  }
});
