// Install, upgrade, rollback, uninstall and install again, while somebody applies, promotes and rolls back all the time.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { installBluegreen, RELEASE, REPLICATED } from '../cluster/index.ts';
import { late } from '../cluster/failed-calls.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { rolledOut } from '../cluster/kube.ts';
import { until } from '../cluster/node/api.ts';
import { hasMutatingPolicies } from '../cluster/versions.ts';
import { VERSION } from '../../common/version.ts';
import { connect } from '../e2e/api.ts';
import { may, NOT_ITS_OWN } from './access.ts';
import type { Action } from './access.ts';
import { backFlags, CHART, leftovers } from './chart.ts';
import { AGAIN, attempt, objects, openStream, SHOP, STORED } from './stream.ts';
import type { Report, Work } from './stream.ts';

const cluster = await shareCluster(t, 'chart');
const client = connect(cluster);
t.teardown(() => client.close());
await cluster.apply(objects);
await cluster.kubectlOk(['create', 'namespace', RELEASE.namespace]);

const here = ['-n', RELEASE.namespace];
const wait = ['--wait', '--timeout', '180s'];
const SETTLED_MS = 3000;
const RIGHT: readonly Work[] = ['applies', 'creations', 'promotions', 'rollbacks'];

const kinds = (await cluster.kubectlOk(['api-resources', '--verbs=list', '-o', 'name']))
  .trim()
  .split('\n')
  .filter((kind) => !/^events(\.|$)/.test(kind));

/** Every object of the cluster but events, endpoints kept by others, and what the stream itself makes. */
async function everything(): Promise<readonly string[]> {
  const listed = await cluster.kubectlOk(['get', kinds.join(','), '-A', '-o', 'name', '--ignore-not-found']);
  return listed
    .split('\n')
    .filter((name) => name !== '' && !/traefikservice.*\/created-/.test(name))
    .sort();
}

function read(object: string, path: string): Promise<string> {
  return cluster.kubectlOk([...here, 'get', object, '-o', `jsonpath=${path}`]);
}

/** What the webhook writes into objects of the chart, which no sync may take away. */
async function written(): Promise<Readonly<Record<string, string>>> {
  return {
    'the CA': await read('secret/bluegreen-ca', '{.data}'),
    'the caBundles': await read('mutatingwebhookconfiguration/bluegreen', '{.webhooks[*].clientConfig.caBundle}'),
    'the holder of the Lease': await read('lease/bluegreen-audit', '{.spec.holderIdentity}'),
  };
}

const CONFIGURATIONS = ['mutating', 'validating'].map(
  (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/bluegreen`,
);
async function stored(path: string): Promise<JsonObject> {
  return (await client.call('GET', path)).body;
}
/** What certificates the webhook serves by and the API server trusts. */
async function certificates(): Promise<readonly unknown[]> {
  const { data } = await stored(`/api/v1/namespaces/${RELEASE.namespace}/secrets/bluegreen-ca`);
  const entries = (await Promise.all(CONFIGURATIONS.map(stored))).flatMap((each) => objectsAt(each, 'webhooks'));
  return [data, ...entries.map((entry) => stringAt(entry, 'clientConfig', 'caBundle'))];
}
async function promotionPolicy(): Promise<string | undefined> {
  return stringAt(objectsAt(await stored(CONFIGURATIONS[1] ?? ''), 'webhooks')[0], 'failurePolicy');
}
function can(action: Action): Promise<boolean> {
  return may(client, `system:serviceaccount:${RELEASE.namespace}:bluegreen`, { namespace: SHOP, ...action });
}

const before = await everything();
/** What the stream makes, and what the node itself does sooner or later. */
const OURS = ['traefikservice.traefik.io/applied', 'lease.coordination.k8s.io/node1'];
const stream = openStream(cluster);
t.teardown(() => stream.close());

/** Does something to the release; how the requests of its time ended. */
async function during(t: Test, what: string, work: () => Promise<unknown>): Promise<Report> {
  const report = await stream.during(work());
  const figures = Object.entries(report).map(([kind, tally]) => `${kind} ${JSON.stringify(tally)}`);
  t.comment(`${what}: ${figures.join(', ')}`);
  for (const kind of RIGHT) {
    const denied = Object.keys(report[kind]).filter((outcome) => outcome !== STORED && outcome !== AGAIN);
    t.same(denied, [], `${what}: none of the ${kind} is denied`);
    t.ok(report[kind][STORED], `${what}: there were ${kind}`);
  }
  return report;
}

/** Installed, and used for a moment: what is denied too early is denied right after the webhook can be reached. */
async function installed(t: Test): Promise<void> {
  await installBluegreen(cluster, REPLICATED);
  t.equal(await attempt(client, 60, 30), 'denied by the webhook', 'helm install --wait returned in time');
  t.equal(await attempt(client, 100, 0), STORED);
  await sleep(SETTLED_MS);
}

const MUTATE = 'mutate.bluegreen.dev';

/** Something that every mistake is denied during, by the webhook; by the policy only where a busy machine's was late. */
async function guarded(t: Test, what: string, work: () => Promise<unknown>): Promise<void> {
  const before = late(cluster, MUTATE);
  const { mistakes } = await during(t, what, work);
  const { 'denied by the webhook': told = 0, 'denied by the policy': missed = 0, ...others } = mistakes;
  t.same(others, {}, 'no mistake gets through');
  t.ok(told > 0, 'the webhook denies them');
  t.ok(missed <= late(cluster, MUTATE) - before, `${missed} mistakes got past the webhook, and it was late`);
}

t.test('an installation denies nothing that is right', async (t) => {
  await during(t, 'install', () => installed(t));
});

t.test('from then on a promotion waits for the webhook', async (t) => {
  t.equal(await promotionPolicy(), 'Fail');
});

t.test('an upgrade neither, and it leaves the certificates alone', async (t) => {
  const before = await certificates();
  t.ok(before.every((each) => each !== undefined && each !== ''));
  const roll = ['upgrade', RELEASE.name, CHART, ...here, '--reuse-values', ...wait];
  await guarded(t, 'upgrade', () => cluster.helmOk([...roll, '--set', 'podAnnotations.rolled=yes']));
  t.same(await certificates(), before);
  t.equal(await promotionPolicy(), 'Fail');
});

t.test('nor a rollback of the release to the first installation', async (t) => {
  const back = ['rollback', RELEASE.name, '1', ...here, ...wait, ...backFlags()];
  await guarded(t, 'rollback', () => cluster.helmOk(back));
  t.ok(await until(async () => (await promotionPolicy()) === 'Fail', 15_000), 'promotions wait for the webhook');
});

t.test('helm test tries it from a pod', async (t) => {
  const { code, stdout, stderr } = await cluster.helm(['test', RELEASE.name, ...here]);
  t.equal(code, 0, stderr);
  t.match(`${stdout}${stderr}`, 'traefik.io: denied by the webhook, as it should be');
  t.match(`${stdout}${stderr}`, 'traefik.containo.us: denied by the webhook, as it should be');
  t.match(`${stdout}${stderr}`, 'promotions are denied while no webhook answers');
});

t.test('the webhook may do what it has to and nothing else', async (t) => {
  const secrets = { resource: 'secrets', namespace: RELEASE.namespace };
  const configurations = 'admissionregistration.k8s.io';
  const allowed: readonly Action[] = [
    { verb: 'get', resource: 'services' },
    { verb: 'list', resource: 'pods' },
    { verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices' },
    { verb: 'get', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: configurations, resource: 'mutatingwebhookconfigurations', name: 'bluegreen' },
    { ...secrets, verb: 'patch', name: 'bluegreen-ca' },
    { ...secrets, verb: 'create', name: 'bluegreen-ca' },
  ];
  for (const action of allowed) t.equal(await can(action), true, Object.values(action).join(' '));
  const denied: readonly Action[] = [
    { verb: 'get', resource: 'secrets' },
    { ...secrets, verb: 'list' },
    { ...secrets, verb: 'create' },
    { ...secrets, verb: 'create', name: 'other' },
    { ...secrets, verb: 'get', name: 'other' },
    ...NOT_ITS_OWN,
  ];
  for (const action of denied) t.equal(await can(action), false, Object.values(action).join(' '));
});

/** What Helm keeps where the API server can fill in weights: manifests without them would split production. */
const FILLS = (hasMutatingPolicies() ? ['policy', 'policybinding'] : []).map(
  (kind) => `mutatingadmission${kind}.admissionregistration.k8s.io/bluegreen-weights`,
);

t.test('nor uninstalling it, which leaves nothing but what fills in weights', async (t) => {
  await during(t, 'uninstall', () => cluster.helmOk(['uninstall', RELEASE.name, ...here, ...wait]));
  t.equal(await leftovers(cluster), '');
  const known = new Set([...before, ...OURS]);
  // Pods that were told to stop go on answering for a while, and what belongs to them goes after them.
  await cluster.kubectlOk([...here, 'wait', '--for=delete', 'pods', '--all', '--timeout=120s']);
  let after: readonly string[] = [];
  async function left(): Promise<readonly string[]> {
    after = await everything();
    return after.filter((name) => !known.has(name));
  }
  await until(async () => (await left()).length === FILLS.length, 60_000, SETTLED_MS);
  t.same(
    after.filter((name) => !known.has(name)),
    FILLS,
    'nothing is left of it but what fills in weights (fillWeights.keep)',
  );
  t.same(
    before.filter((name) => !after.includes(name)),
    [],
    'and nothing else was taken away',
  );
});

/** Whether something differs, and nothing but the Lease, by the files that kubectl diff compares. */
function isOfLeaseAlone(differences: string): boolean {
  const compared = differences.split('\n').filter((line) => line.startsWith('diff '));
  return compared.length > 0 && compared.every((line) => line.includes('/coordination.k8s.io.v1.Lease.'));
}

t.test('a GitOps tool finds nothing to correct, however often it syncs', async (t) => {
  const image = ['image.repository=registry.local/bluegreen-webhook', `image.tag=${VERSION}`];
  const values = image.flatMap((value) => ['--set', value]);
  const place = ['--namespace', RELEASE.namespace, '--no-hooks', '--kube-version', '1.37.2'];
  const input = await cluster.helmOk(['template', RELEASE.name, CHART, ...place, ...values]);
  const flags = ['--server-side', '--field-manager=argocd-controller', '--force-conflicts', '-f', '-'];
  function sync(): Promise<string> {
    return cluster.kubectlOk(['apply', ...flags], { input });
  }
  await sync();
  await rolledOut(cluster, RELEASE.namespace, 'bluegreen');
  const kept = await written();
  for (const [name, value] of Object.entries(kept)) t.ok(value, `the webhook has written ${name}`);
  // kubectl diff reads each object twice: a Lease that is renewed in between differs once, a drift each time.
  async function diff() {
    let last = await cluster.kubectl(['diff', ...flags], { input });
    await until(async () => {
      if (!isOfLeaseAlone(last.stdout)) return true;
      last = await cluster.kubectl(['diff', ...flags], { input });
      return last.code === 0;
    }, 30_000);
    return last;
  }
  for (const time of ['once', 'twice']) {
    const { code, stdout } = await diff();
    t.equal(code, 0, `no drift: ${stdout.slice(0, 500)}`);
    await sync();
    t.same(await written(), kept, `synced ${time} more, it is all there still`);
  }
  await cluster.kubectlOk(['delete', '-f', '-'], { input });
});

t.test('nor installing it again', async (t) => {
  await during(t, 'install again', () => installed(t));
  const { code, stdout, stderr } = await cluster.helm(['test', RELEASE.name, ...here]);
  t.equal(code, 0, `${stdout}${stderr}`);
});
