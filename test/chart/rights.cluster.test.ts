// Every right that the chart gives the webhook is used, and it asks for no other: by the API server's audit log over
// everything that the webhook does. And it is needed: without it something fails and says which. One at a time is taken
// away from each part of the webhook.
import t from 'tap';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import {
  demoSpecs,
  installBluegreen,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import { get, until } from '../cluster/node/api.ts';
import { rolledOut } from '../cluster/kube.ts';
import { connect } from '../e2e/api.ts';
import { may, NOT_ITS_OWN } from './access.ts';
import type { Action } from './access.ts';
import { objects, work } from './rights-work.ts';
import { askedFor, denied, grantedBy, isHint, isRepair, rounds, toldBy, without } from './rights.ts';
import type { Right } from './rights.ts';

const ACCOUNT = `system:serviceaccount:${RELEASE.namespace}:bluegreen`;
const here = ['-n', RELEASE.namespace];
const CORE = `/api/v1/namespaces/${RELEASE.namespace}`;
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const WAIT_MS = 40_000;
/** Between two times that everything is exercised: dozens of requests, where a timer may be what counts. */
const PAUSE_MS = 4_000;
/** Between two looks at what has come of it. */
const LOOK_MS = 250;

const cluster = await startCluster({
  images: [await webhookSpec(REGISTRY), ...(await demoSpecs(REGISTRY))],
  audit: {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // A watch is told of when its answer begins.
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', users: [ACCOUNT] }, { level: 'None' }],
  },
});
t.teardown(() => cluster.stop());
const client = connect(cluster);
t.teardown(() => client.close());

await installTraefikCrds(cluster);
await cluster.apply(objects());
for (const color of ['blue', 'green']) await rolledOut(cluster, 'deployments', color);
await installBluegreen(cluster, {
  replicaCount: '1',
  'audit.interval': '2s',
  // A replica that starts after the Secret was lost waits for so long until the other CA is trusted.
  'certificates.trustDelay': '2s',
});

async function patched(path: string, patch: JsonObject | readonly JsonObject[]): Promise<void> {
  const type = `application/${Array.isArray(patch) ? 'json' : 'merge'}-patch+json`;
  const { status, body } = await client.call('PATCH', path, { body: patch, type });
  if (status !== 200) throw new Error(`${path}: ${status} ${text(body['message']) ?? ''}`);
}

async function stored(path: string): Promise<JsonObject> {
  return (await client.call('GET', path)).body;
}

let times = 0;
/** Everything that makes the webhook look around and tell, or what is enough of it; what it answers. */
async function exercise(isEnough: (answers: string) => boolean = () => false): Promise<string> {
  let answers = '';
  for (const ask of work(times++)) {
    const { body, warnings } = await client.call(...ask);
    answers += `${[text(body['message']) ?? '', ...warnings].join(' ')}\n`;
    if (isEnough(answers)) break;
  }
  return answers;
}

/** Exercises everything now and then until something holds, by all that was answered meanwhile. */
function exercised(
  holds: (answers: string) => boolean | Promise<boolean>,
  isEnough?: (answers: string) => boolean,
): Promise<boolean> {
  let answers = '';
  let due = 0;
  return until(
    async () => {
      if (performance.now() >= due) {
        answers += await exercise(isEnough);
        due = performance.now() + PAUSE_MS;
      }
      return holds(answers);
    },
    WAIT_MS,
    LOOK_MS,
  );
}

const KINDS = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'] as const;
/** Makes the webhook look at what is its own; who takes the caBundles away makes it repair it, too. */
async function disturb(takesBundles = true): Promise<void> {
  const label = { metadata: { labels: { written: String(Date.now()) } } };
  const bundle = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }];
  for (const kind of KINDS) await patched(`${CONFIGURATIONS}/${kind}/bluegreen`, takesBundles ? bundle : label);
  // The holder of the Lease reads it again after another client wrote it.
  await patched(`/apis/coordination.k8s.io/v1/namespaces/${RELEASE.namespace}/leases/bluegreen-audit`, label);
}
async function bundles(): Promise<readonly string[]> {
  const found = await Promise.all(KINDS.map((kind) => stored(`${CONFIGURATIONS}/${kind}/bluegreen`)));
  return found
    .flatMap((each) => objectsAt(each, 'webhooks'))
    .map((entry) => stringAt(entry, 'clientConfig', 'caBundle') ?? '');
}
async function loseSecret(): Promise<void> {
  await client.call('DELETE', `${CORE}/secrets/bluegreen-ca`);
}

const ROLES = [`${RBAC}/clusterroles/bluegreen`, `${RBAC}/namespaces/${RELEASE.namespace}/roles/bluegreen`] as const;
async function write(path: string, role: JsonObject): Promise<void> {
  await patched(path, [{ op: 'replace', path: '/rules', value: role['rules'] ?? [] }]);
}
/** Takes these rights away from roles that have been read; none gives all of them back. */
async function grantWithout(whole: readonly JsonObject[], rights: readonly Right[]): Promise<void> {
  await Promise.all(ROLES.map((path, index) => write(path, without(whole[index] ?? {}, rights))));
}
function rightsOf(roles: readonly JsonObject[]): readonly Right[] {
  return [...new Set(roles.flatMap(grantedBy).map(({ right }) => right))];
}

const selector = encodeURIComponent('app.kubernetes.io/component=webhook');
const [pod] = objectsAt(await stored(`${CORE}/pods?labelSelector=${selector}`), 'items');
async function logs(since: Date): Promise<string> {
  const path = `${CORE}/pods/${nameOf(pod ?? {})}/log?sinceTime=${since.toISOString()}`;
  const { status, body } = await get(cluster.api, path);
  return status === 200 ? body : '';
}

t.test('every right is used, and nothing else is asked for', async (t) => {
  await disturb();
  await loseSecret();
  const rights = rightsOf(await Promise.all(ROLES.map(stored)));
  function unused(): readonly Right[] {
    const used = new Set(askedFor(cluster.log('audit')).map(({ right }) => right));
    return rights.filter((right) => !used.has(right));
  }
  await exercised(() => unused().length === 0);
  t.same(unused(), [], 'granted, but never used');
  const denied = askedFor(cluster.log('audit')).filter(({ allowed }) => !allowed);
  t.same([...new Set(denied.map(({ what }) => what))], [], 'asked for, but not granted');
  t.comment(`${rights.length} rights, exercised ${times} times, ${askedFor(cluster.log('audit')).length} requests`);
});

t.test('with all of them, nothing fails', async (t) => {
  t.notMatch(await exercise(), /cannot|could not be/);
  const said = await logs(new Date(0));
  t.match(said, /serving certificate/);
  t.notMatch(said, /is forbidden/);
});

t.test('without any one of them, something fails and says which', async (t) => {
  const whole = await Promise.all(ROLES.map(stored));
  const rights = rightsOf(whole).filter((each) => !isHint(each));
  for (const round of rounds(rights)) {
    const since = new Date();
    await grantWithout(whole, round);
    if (round.some((right) => /secrets$|webhookconfigurations | leases /.test(right)))
      await disturb(round.some(isRepair));
    if (round.some((right) => /^(patch|create) secrets/.test(right))) await loseSecret();
    const silent = new Set(round);
    async function fail(answers: string): Promise<boolean> {
      const said = `${answers}${await logs(since)}`;
      for (const right of silent)
        if (toldBy(right).test(said) && denied(right, cluster.log('audit'))) silent.delete(right);
      return silent.size === 0;
    }
    await exercised(fail, (answers) => round.every((right) => toldBy(right).test(answers)));
    for (const right of round) t.notOk(silent.has(right), right);
    await grantWithout(whole, []);
  }
});

t.test('some rights only make it faster: without them everything works, later', async (t) => {
  const whole = await Promise.all(ROLES.map(stored));
  const hints = rightsOf(whole).filter(isHint);
  await grantWithout(whole, hints);
  await cluster.kubectlOk([...here, 'rollout', 'restart', 'deployment/bluegreen']);
  await rolledOut(cluster, RELEASE.namespace, 'bluegreen');
  const missed = new Set(hints);
  function asked(): boolean {
    const log = cluster.log('audit');
    for (const hint of missed) if (denied(hint, log)) missed.delete(hint);
    return missed.size === 0;
  }
  await exercised(asked);
  for (const hint of hints) t.notOk(missed.has(hint), hint);
  t.notMatch(await exercise(), /cannot|could not be/);
  await disturb();
  t.ok(await until(async () => !(await bundles()).includes(''), WAIT_MS), 'the caBundles are right again');
  await grantWithout(whole, []);
});

t.test('with all of them again, it recovers', async (t) => {
  t.ok(await until(async () => !/cannot|could not be/.test(await exercise()), WAIT_MS), await exercise());
});

function can(action: Action): Promise<boolean> {
  return may(client, ACCOUNT, action);
}

t.test('no Secret but its own can be read, and nothing is written that is not its own', async (t) => {
  const secrets = { resource: 'secrets', namespace: RELEASE.namespace };
  t.equal(await can({ ...secrets, verb: 'get', name: 'bluegreen-ca' }), true);
  for (const verb of ['get', 'list', 'watch', 'create', 'delete']) {
    for (const namespace of [RELEASE.namespace, 'deployments', 'kube-system', ''])
      t.equal(await can({ ...secrets, verb, namespace }), false, `${verb} secrets in ${namespace || 'all namespaces'}`);
  }
  t.equal(await can({ ...secrets, verb: 'get', name: 'other' }), false);
  for (const action of NOT_ITS_OWN)
    t.equal(await can({ ...action, namespace: 'deployments' }), false, Object.values(action).join(' '));
});
