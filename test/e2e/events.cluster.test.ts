// What people and the API server's audit log are told of decisions, on a real cluster: by kubectl, as they would look.
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { at, parseObject, text } from '../../common/json.ts';
import { RELEASE } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { logged, replicas, samples } from './audit/replicas.ts';
import { made } from './observe/made-up.ts';
import { auditedFor, toldIn } from './observe/told.ts';
import type { Told } from './observe/told.ts';
import { NAMED, personIn, toColor } from './people.ts';

const FILES = join(import.meta.dirname, 'permissions');
const SHOP = `${NAMED}/shop`;
const TIME_MS = 20_000;

const cluster = await shareCluster(t, 'webhook');
const namespaces = ['denied', 'switched', 'overridden', 'away', 'mute'] as const;
for (const namespace of [...namespaces, 'promote']) await cluster.kubectlOk(['create', 'namespace', namespace]);
await cluster.kubectlOk(['apply', '-f', join(FILES, 'rights.yaml')]);
const LATER = join(import.meta.dirname, 'observe', 'later-validator.yaml');
t.teardown(() => cluster.kubectlOk(['delete', '-f', LATER]));
await cluster.kubectlOk(['apply', '-f', LATER]);
for (const namespace of namespaces)
  for (const file of ['colors.yaml', 'shop.yaml'])
    await cluster.kubectlOk(['apply', '-n', namespace, '-f', join(FILES, file)]);

const split = `patch ${SHOP} --type=json -p '[{"op":"replace","path":"/spec/weighted/services/0/weight","value":60}]'`;
const promoted = `patch ${SHOP} ${toColor('green', { 'smoke-test': 'passed:v2' })}`;
const blueAgain = `patch ${SHOP} ${toColor('blue')}`;

/** Waits until the Events of a namespace are as wanted, and returns them. */
async function told(t: Test, namespace: string, wanted: (all: readonly Told[]) => boolean): Promise<readonly Told[]> {
  let all: readonly Told[] = [];
  const found = await until(async () => wanted((all = await toldIn(cluster, namespace))), TIME_MS);
  t.ok(found, JSON.stringify(all, null, 1));
  return all;
}
function of(all: readonly Told[], reason: string): readonly Told[] {
  return all.filter((each) => each.reason === reason);
}
function timesOf(all: readonly Told[]): number {
  return all.reduce((sum, { count }) => sum + count, 0);
}

t.test('a denial is seen by kubectl describe and kubectl events, with who and why', async (t) => {
  const alice = personIn(cluster, 'denied', 'alice');
  const admin = personIn(cluster, 'denied');
  await alice.mayNot(t, `${split} --dry-run=server`);
  await alice.mayNot(t, split, 'weights-total: blue 60');
  await told(t, 'denied', (all) => timesOf(of(all, 'Denied')) === 1);
  const line =
    /Warning +Denied +\S+ +bluegreen\.dev\/webhook +denied the update by alice: 2 findings: - weights-total: blue 60/;
  t.match(await admin.may(t, `describe ${SHOP}`), line);
  t.match(await admin.may(t, `events --for ${SHOP}`), /Warning +Denied +TraefikService\/shop +denied the update by/);
});

t.test('a loop of denied writes is one Event a replica, which counts', async (t) => {
  const alice = personIn(cluster, 'denied', 'alice');
  for (let each = 0; each < 25; each++) await alice.run(split);
  const all = await told(t, 'denied', (now) => timesOf(of(now, 'Denied')) === 26);
  t.ok(all.length <= 2, `${all.length} Events`);
  t.match(await personIn(cluster, 'denied').may(t, `describe ${SHOP}`), /\(x\d+ over \S+\) +bluegreen\.dev\/webhook/);
});

t.test('a guard that denies is seen on the TraefikService that it protects', async (t) => {
  const admin = personIn(cluster, 'denied');
  await admin.mayNot(t, 'delete service blue', 'active-service: ');
  await told(t, 'denied', (all) => all.some(({ note }) => note.includes('the deletion of services blue')));
  t.match(await admin.may(t, `describe ${SHOP}`), /denied the deletion of services blue by admin: active-service: /);
});

t.test(
  'what nothing shows to be asked by the API server is no Event: made-up reviews and denied creations',
  async (t) => {
    const alice = personIn(cluster, 'denied', 'alice');
    const services = '"services":[{"name":"blue","port":80,"weight":1},{"name":"green","port":80,"weight":1}]';
    const manifest = `{"apiVersion":"traefik.io/v1alpha1","kind":"TraefikService","metadata":{"name":"new"},"spec":{"weighted":{${services}}}}`;
    t.notOk((await alice.run('create -f -', manifest)).ok);
    const [pod = ''] = await replicas(cluster);
    const before = await samples(cluster, pod);
    await made(cluster, pod, { namespace: 'denied', name: 'shop', by: 'ceo@example.com' });
    const unproven = 'bluegreen_unproven_reviews_total{webhook="mutate"}';
    t.ok(
      await until(
        async () => ((await samples(cluster, pod)).get(unproven) ?? 0) > (before.get(unproven) ?? 0),
        TIME_MS,
      ),
    );
    const lines = (
      await Promise.all((await replicas(cluster)).map((each) => logged(cluster, each, 'denied (unproven)')))
    ).flat();
    for (const user of ['alice', 'ceo@example.com'])
      t.match(
        lines.find((line) => at(parseObject(JSON.stringify(line)), 'user') === user),
        { origin: 'none' },
      );
    const denied =
      'bluegreen_request_findings_total{check="weights-total",operation="UPDATE",mode="enforce",outcome="denied"}';
    t.equal((await samples(cluster, pod)).get(denied), before.get(denied));
    const all = await toldIn(cluster, 'denied');
    t.notOk(
      all.some(({ name, note }) => name === 'new' || note.includes('ceo')),
      JSON.stringify(all, null, 1),
    );
  },
);

t.test('a switch is told when it happened, and never one that another validator denied', async (t) => {
  const alice = personIn(cluster, 'switched', 'alice');
  await alice.may(t, `annotate ${SHOP} bluegreen.dev/smoke-test=passed:v2`);
  const closed = toColor('green').replace('"annotations":{}', '"labels":{"change-window":"closed"}');
  await alice.mayNot(t, `patch ${SHOP} ${closed}`, 'the change window is closed');
  await alice.may(t, `patch ${SHOP} ${toColor('green')} --dry-run=server`);
  await alice.may(t, `patch ${SHOP} ${toColor('green')}`);
  await told(t, 'switched', (all) => of(all, 'Promoted').length === 1);
  await alice.may(t, blueAgain);
  const all = await told(t, 'switched', (now) => of(now, 'RolledBack').length === 1);
  t.match(all, [
    { reason: 'Promoted', type: 'Normal', note: /^promoted green, before it was blue by alice/, uid: /-/ },
    { reason: 'RolledBack', type: 'Normal', note: /^rolled back from green to blue by alice/ },
  ]);
  t.equal(all.length, 2, 'one Event a switch, whichever replica was asked, and none for a dry run');
  t.match(await personIn(cluster, 'switched').may(t, `describe ${SHOP}`), /Normal +Promoted /);
});

t.test('a broken rule is told, on a switch and through a guard', async (t) => {
  const oncall = personIn(cluster, 'overridden', 'oncall');
  await oncall.may(t, `patch ${SHOP} ${toColor('green', { override: 'incident 42' })}`, 'overridden (incident 42)');
  const switched = await told(t, 'overridden', (all) => of(all, 'Overridden').length === 1);
  t.match(of(switched, 'Overridden'), [{ type: 'Warning', note: 'checks were overridden by oncall: incident 42' }]);
  t.equal(of(switched, 'Promoted').length, 1);
  await oncall.may(t, 'annotate service green bluegreen.dev/override=drill');
  await oncall.may(t, 'delete service green', 'overridden (drill)');
  await told(t, 'overridden', (all) =>
    all.some(
      ({ note }) => note === 'allowed the deletion of services green by oncall by override (drill): active-service',
    ),
  );
});

t.test('a switch that nobody saw is told when it is noticed', async (t) => {
  const admin = personIn(cluster, 'away');
  await admin.may(t, 'label namespace/away bluegreen.dev/mode=off');
  await until(async () => (await admin.run(`patch ${SHOP} ${toColor('green')}`)).ok, TIME_MS);
  await admin.may(t, 'label namespace/away bluegreen.dev/mode-');
  async function noticed(): Promise<boolean> {
    await admin.run(`label --overwrite ${SHOP} looked-at=${Date.now()}`);
    return of(await toldIn(cluster, 'away'), 'SwitchedUnseen').length === 1;
  }
  t.ok(await until(noticed, TIME_MS));
  t.match(of(await toldIn(cluster, 'away'), 'SwitchedUnseen'), [{ type: 'Warning', note: /from blue to green while/ }]);
});

t.test('the audit log of the API server has the verdict, the checks, the switch and the override', async (t) => {
  const denied = auditedFor(cluster.log('audit'), 'denied', 'shop');
  t.match(
    denied.find((annotations) => annotations['mutate.bluegreen.dev/verdict'] === 'denied'),
    {
      'mutate.bluegreen.dev/checks': 'weights-total,single-active',
      'mutate.bluegreen.dev/findings': /^weights-total: blue 60/,
    },
  );
  const switched = auditedFor(cluster.log('audit'), 'switched', 'shop').flatMap(Object.entries);
  function said(key: string, value: string): boolean {
    return switched.some((each) => each[0] === key && each[1] === value);
  }
  t.ok(said('mutate.bluegreen.dev/switch', 'promotion blue to green'));
  t.ok(said('promotion.bluegreen.dev/switch', 'promotion blue to green'), 'the validating webhook says it as well');
  t.ok(said('mutate.bluegreen.dev/switch', 'rollback green to blue'));
  t.match(auditedFor(cluster.log('audit'), 'overridden', 'green').at(-1), {
    'guard.bluegreen.dev/verdict': 'allowed',
    'guard.bluegreen.dev/checks': 'active-service',
    'guard.bluegreen.dev/override': 'drill',
  });
});

t.test('without the right to write Events admissions go on, and the log says what is missing', async (t) => {
  const rules = '{.rules[*].apiGroups[0]}';
  const groups = (await cluster.kubectlOk(['get', 'clusterrole', RELEASE.name, '-o', `jsonpath=${rules}`])).split(' ');
  const index = groups.indexOf('events.k8s.io');
  const path = `/rules/${index}`;
  const rule = await cluster.kubectlOk(['get', 'clusterrole', RELEASE.name, '-o', `jsonpath={.rules[${index}]}`]);
  async function patchRole(operation: object): Promise<void> {
    const patch = JSON.stringify([{ path, ...operation }]);
    await cluster.kubectlOk(['patch', 'clusterrole', RELEASE.name, '--type=json', '-p', patch]);
  }
  t.teardown(() => patchRole({ op: 'add', value: JSON.parse(rule) }));
  await patchRole({ op: 'remove' });
  const alice = personIn(cluster, 'mute', 'alice');
  async function lines(): Promise<readonly object[]> {
    const pods = await replicas(cluster);
    const all = await Promise.all(pods.map((pod) => logged(cluster, pod, 'an Event could not be written')));
    return all.flat().filter((line) => text(at(line, 'reason'))?.includes('namespace mute'));
  }
  t.ok(
    await until(async () => {
      await alice.mayNot(t, split, 'weights-total: blue 60');
      return (await lines()).length > 0;
    }, TIME_MS),
  );
  t.match((await lines())[0], { level: 'warn', reason: /cannot write an Event in namespace mute: .*lacks this right/ });
  t.equal((await toldIn(cluster, 'mute')).length, 0);
  const failed = (await replicas(cluster)).map(async (pod) =>
    (await samples(cluster, pod)).get('bluegreen_events_total{outcome="failed"}'),
  );
  t.ok((await Promise.all(failed)).some((count) => count !== undefined && count > 0));
  await alice.may(t, promoted);
});
