// Every right that the chart gives the webhook is used, and it asks for no other: by the API server's audit log over
// everything that the webhook does. And it is needed: taken away one at a time, something fails and says which.
import { join } from 'node:path';
import t from 'tap';
import { parseObject, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import {
  demoSpecs,
  installBluegreen,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { rolledOut } from '../cluster/kube.ts';
import { connect } from '../e2e/api.ts';
import type { Reply } from '../e2e/api.ts';
import { COLORS, work } from './rights-work.ts';
import { askedFor, grantedBy, without } from './rights.ts';
import type { Right } from './rights.ts';

const E2E = join(import.meta.dirname, '..', 'e2e');
const ACCOUNT = `system:serviceaccount:${RELEASE.namespace}:bluegreen`;
const here = ['-n', RELEASE.namespace];
const WAIT_MS = 40_000;
/** Between two times that everything is exercised: hundreds of requests, where a timer may be what counts. */
const PAUSE_MS = 2_000;

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
for (const [namespace, files] of Object.entries(COLORS)) {
  await cluster.kubectlOk(['create', 'namespace', namespace]);
  await cluster.kubectlOk(['apply', '-n', namespace, ...files.flatMap((file) => ['-f', join(E2E, file)])]);
}
await cluster.kubectlOk(['scale', '-n', 'sleeping', 'deployment/green', '--replicas=0']);
for (const color of ['blue', 'green']) await rolledOut(cluster, 'deployments', color);
await cluster.kubectlOk(['apply', '-f', join(import.meta.dirname, 'rights.yaml')]);
await installBluegreen(cluster, { 'audit.interval': '2s', replicaCount: '1' });

async function patched(path: string, patch: JsonObject | readonly JsonObject[]): Promise<void> {
  const type = `application/${Array.isArray(patch) ? 'json' : 'merge'}-patch+json`;
  const { status, body } = await client.call('PATCH', path, { body: patch, type });
  if (status !== 200) throw new Error(`${path}: ${status} ${text(body['message']) ?? ''}`);
}

let times = 0;
/** Everything that makes the webhook look around and tell; what it answers. */
async function exercise(): Promise<string> {
  const replies: Reply[] = [];
  for (const ask of work(times++)) replies.push(await client.call(...ask));
  return replies.map(({ body, warnings }) => [text(body['message']) ?? '', ...warnings].join(' ')).join('\n');
}

/** Makes the webhook repair what is its own. */
async function disturb(): Promise<void> {
  const bundle = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }];
  for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])
    await patched(`/apis/admissionregistration.k8s.io/v1/${kind}/bluegreen`, bundle);
  // The holder of the Lease reads it again after another client wrote it.
  const label = { metadata: { labels: { written: String(Date.now()) } } };
  await patched(`/apis/coordination.k8s.io/v1/namespaces/${RELEASE.namespace}/leases/bluegreen-audit`, label);
}
async function bundles(): Promise<readonly string[]> {
  const path = 'jsonpath={range .items[*].webhooks[*]}{.clientConfig.caBundle}{"\\n"}{end}';
  const kinds = 'mutatingwebhookconfigurations,validatingwebhookconfigurations';
  const found = await cluster.kubectlOk(['get', kinds, '-l', 'app.kubernetes.io/name=bluegreen', '-o', path]);
  return found.replace(/\n$/, '').split('\n');
}
function loseSecret(): Promise<string> {
  return cluster.kubectlOk([...here, 'delete', 'secret', 'bluegreen-ca', '--ignore-not-found']);
}

const roles = [
  ['clusterrole', 'bluegreen'],
  ['role', 'bluegreen'],
] as const;
async function read([kind, name]: (typeof roles)[number]): Promise<JsonObject> {
  return parseObject(await cluster.kubectlOk([...here, 'get', kind, name, '-o', 'json'])) ?? {};
}
async function write(role: JsonObject, [kind, name]: (typeof roles)[number]): Promise<void> {
  const namespace = kind === 'role' ? `namespaces/${RELEASE.namespace}/` : '';
  const rules = [{ op: 'replace', path: '/rules', value: role['rules'] ?? [] }];
  await patched(`/apis/rbac.authorization.k8s.io/v1/${namespace}${kind}s/${name}`, rules);
}
async function granted(): Promise<ReadonlySet<Right>> {
  const all = await Promise.all(roles.map(read));
  return new Set(all.flatMap(grantedBy).map(({ right }) => right));
}
function logs(since: string): Promise<string> {
  return cluster.kubectlOk([
    ...here,
    'logs',
    '-l',
    'app.kubernetes.io/component=webhook',
    '--tail=-1',
    `--since-time=${since}`,
  ]);
}

async function can(verb: string, what: string, ...flags: readonly string[]): Promise<string> {
  return (await cluster.kubectl(['auth', 'can-i', verb, what, ...flags, `--as=${ACCOUNT}`])).stdout.trim();
}

t.test('every right is used, and nothing else is asked for', async (t) => {
  await disturb();
  await loseSecret();
  const rights = await granted();
  function unused(): readonly Right[] {
    const used = new Set(askedFor(cluster.log('audit')).map(({ right }) => right));
    return [...rights].filter((right) => !used.has(right));
  }
  await until(async () => (await exercise()) !== '' && unused().length === 0, WAIT_MS, PAUSE_MS);
  t.same(unused(), [], 'granted, but never used');
  const denied = askedFor(cluster.log('audit')).filter(({ allowed }) => !allowed);
  t.same([...new Set(denied.map(({ what }) => what))], [], 'asked for, but not granted');
  t.comment(`${rights.size} rights, ${askedFor(cluster.log('audit')).length} requests`);
});

t.test('with all of them, nothing fails', async (t) => {
  t.notMatch(await exercise(), /cannot|could not be/);
  t.notMatch(await logs(new Date(0).toISOString()), /is forbidden/);
});

/** How it is told that a right is missing: by the API server's words, unless they are kept from who asked. */
function toldBy(right: Right): RegExp {
  const [, resource = ''] = right.split(' ');
  return resource === 'subjectaccessreviews'
    ? /did not answer whether you have it/
    : new RegExp(`${resource}[^:]{0,80} is forbidden`);
}
function denied(right: Right, log: string): boolean {
  const forbidden = log.split('\n').filter((line) => line.includes('"code":403'));
  return askedFor(forbidden.join('\n')).some((each) => each.right === right && !each.allowed);
}
/** Rights without which everything works, later: what a watch tells is looked up, what may not be read by name is listed. */
function isHint(right: Right): boolean {
  return right.startsWith('watch ') || right === 'get endpointslices discovery.k8s.io';
}

t.test('without any one of them, something fails and says which', async (t) => {
  for (const role of roles) {
    const whole = await read(role);
    const rights = new Set(grantedBy(whole).map(({ right }) => right));
    for (const right of [...rights].filter((each) => !isHint(each))) {
      const since = new Date().toISOString();
      await write(without(whole, [right]), role);
      await disturb();
      if (/^(patch|create) secrets/.test(right)) await loseSecret();
      async function fails(): Promise<boolean> {
        return toldBy(right).test(`${await exercise()}${await logs(since)}`) && denied(right, cluster.log('audit'));
      }
      t.ok(await until(fails, WAIT_MS, PAUSE_MS), right);
      await write(whole, role);
    }
  }
});

t.test('some rights only make it faster: without them everything works, later', async (t) => {
  const whole = await Promise.all(roles.map(read));
  const hints = whole.flatMap(grantedBy).flatMap(({ right }) => (isHint(right) ? [right] : []));
  await Promise.all(roles.map((role, index) => write(without(whole[index] ?? {}, hints), role)));
  await cluster.kubectlOk([...here, 'rollout', 'restart', 'deployment/bluegreen']);
  await rolledOut(cluster, RELEASE.namespace, 'bluegreen');
  async function asked(hint: Right): Promise<boolean> {
    await exercise();
    return denied(hint, cluster.log('audit'));
  }
  for (const hint of hints) t.ok(await until(() => asked(hint), WAIT_MS), hint);
  t.notMatch(await exercise(), /cannot|could not be/);
  await disturb();
  t.ok(await until(async () => !(await bundles()).includes(''), WAIT_MS), 'the caBundles are right again');
  await Promise.all(roles.map((role, index) => write(whole[index] ?? {}, role)));
});

t.test('with all of them again, it recovers', async (t) => {
  t.ok(await until(async () => !/cannot|could not be/.test(await exercise()), WAIT_MS), await exercise());
});

t.test('no Secret but its own can be read, and nothing is written that is not its own', async (t) => {
  t.equal(await can('get', 'secrets/bluegreen-ca', ...here), 'yes');
  for (const verb of ['get', 'list', 'watch', 'create', 'delete']) {
    for (const place of [here, ['-n', 'deployments'], ['-n', 'kube-system'], ['-A']])
      t.equal(await can(verb, 'secrets', ...place), 'no', `${verb} secrets ${place.join(' ')}`);
  }
  t.equal(await can('get', 'secrets/other', ...here), 'no');
  const others = [
    ['patch', 'mutatingwebhookconfigurations.admissionregistration.k8s.io/other'],
    ['delete', 'validatingwebhookconfigurations.admissionregistration.k8s.io/bluegreen'],
    ['patch', 'deployments.apps'],
    ['update', 'services'],
    ['patch', 'traefikservices.traefik.io'],
    ['create', 'pods'],
    ['create', 'pods/exec'],
    ['get', 'configmaps'],
    ['get', 'pods/log'],
    ['impersonate', 'users'],
    ['create', 'serviceaccounts/token'],
    ['escalate', 'clusterroles.rbac.authorization.k8s.io'],
    ['bind', 'clusterroles.rbac.authorization.k8s.io'],
  ] as const;
  for (const [verb, what] of others) t.equal(await can(verb, what, '-n', 'deployments'), 'no', `${verb} ${what}`);
});
