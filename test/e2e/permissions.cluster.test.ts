// Who may promote, override and unguard, by RBAC; and how a namespace is guarded, by its label.
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { at, isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { installBluegreen } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { namespaceObject } from '../objects.ts';
import { history, live, NAMED, personIn, toColor } from './people.ts';
import type { Person } from './people.ts';

const FILES = join(import.meta.dirname, 'permissions');
const SHOP = `${NAMED}/shop`;
/** Until the API server has seen another label of a namespace. */
const LABEL_MS = 30_000;

const cluster = await shareCluster(t, 'chart');
await Promise.all([installBluegreen(cluster, { requirePromoteVerb: 'true' }), installPlugin(cluster)]);
const namespaces = ['promote', 'elsewhere', 'override', 'unguard', 'modes', 'lost', 'backup'] as const;
await cluster.apply(namespaces.map((namespace) => namespaceObject(namespace)));
const RIGHTS = join(FILES, 'rights.yaml');
await cluster.applyFiles([RIGHTS]);
t.teardown(() => cluster.kubectlOk(['delete', '-f', RIGHTS, '--ignore-not-found']));
const SHOP_FILES = ['colors.yaml', 'shop.yaml'].map((file) => join(FILES, file));
for (const namespace of namespaces) await cluster.applyFiles(SHOP_FILES, namespace);

function promoted(version: string): string {
  return `patch ${SHOP} ${toColor('green', { 'smoke-test': `passed:${version}` })}`;
}
function broken(reason: string): string {
  return `patch ${SHOP} ${toColor('green', { override: reason })}`;
}
const blueAgain = `patch ${SHOP} ${toColor('blue')}`;

/** Without kubectl's own, which it writes again at a creation. */
function annotationsOf(object: JsonObject | null): Readonly<Record<string, unknown>> {
  const annotations = at(object, 'metadata', 'annotations');
  const entries = Object.entries(isObject(annotations) ? annotations : {});
  return Object.fromEntries(entries.filter(([key]) => key.startsWith('bluegreen.dev/')));
}

/** What an answer shows of the mode. */
function denied(answer: string): boolean {
  return answer.includes('(Forbidden)');
}
function warned(answer: string): boolean {
  return answer.includes('Warning: would be denied') && !denied(answer);
}
function silent(answer: string): boolean {
  return !answer.includes('Warning') && !denied(answer);
}

t.test('a promotion needs the verb promote, a rollback does not', async (t) => {
  const alice = personIn(cluster, 'promote', 'alice');
  const releaser = personIn(cluster, 'promote', 'releaser');
  await alice.may(t, `annotate ${SHOP} bluegreen.dev/smoke-test=passed:v2`);
  await alice.mayNot(
    t,
    `patch ${SHOP} ${toColor('green')}`,
    'permission: a promotion needs the verb promote on traefikservices shop in promote: alice does not have it',
    'verb promote, resource traefikservices, group traefik.io',
  );
  t.equal(await live(alice, 'shop'), '100 0: blue');
  await releaser.may(t, `patch ${SHOP} ${toColor('green')}`);
  t.equal(await live(alice, 'shop'), '0 100: green, previous blue');
  await alice.may(t, blueAgain);
  t.equal(await live(alice, 'shop'), '100 0: blue');
  t.same((await history(alice, 'shop')).slice(-2), [
    'promotion blue to green by releaser',
    'rollback green to blue by alice',
  ]);
});

t.test('the verb promote counts where it was granted, and replaces no smoke test', async (t) => {
  const releaser = personIn(cluster, 'promote', 'releaser');
  await releaser.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'smoke-test: green gains weight');
  const elsewhere = personIn(cluster, 'elsewhere', 'releaser');
  await elsewhere.mayNot(t, promoted('v2'), 'permission: a promotion needs the verb promote', 'in elsewhere');
});

t.test('an override needs its verb, lets one request through, and is recorded with its reason', async (t) => {
  const alice = personIn(cluster, 'override', 'alice');
  const oncall = personIn(cluster, 'override', 'oncall');
  await alice.mayNot(t, broken('incident 42'), 'bluegreen.dev/override needs the verb override', 'smoke-test: green');
  t.equal(await live(alice, 'shop'), '100 0: blue');
  await oncall.may(t, broken('incident 42'), 'overridden (incident 42): smoke-test: green');
  t.equal((await history(alice, 'shop')).at(-1), 'promotion blue to green by oncall (incident 42)');
  await alice.may(t, blueAgain);
  await oncall.mayNot(t, broken('incident 42'), 'smoke-test: green');
  await oncall.may(t, broken('incident 43'), 'overridden (incident 43): smoke-test: green');
  t.equal((await history(alice, 'shop')).at(-1), 'promotion blue to green by oncall (incident 43)');
  await alice.may(t, blueAgain);
  const override = "bluegreen promote shop --override 'incident 44'";
  await alice.mayNot(t, override, '--override needs the verb override');
  await oncall.may(t, override, 'overridden (incident 44): smoke-test: green');
  t.equal((await history(alice, 'shop')).at(-1), 'promotion blue to green by oncall (incident 44)');
  t.match(await alice.may(t, 'bluegreen history shop -o wide'), /promotion\+override .* smoke-test +incident 44/);
});

t.test('unguarding needs the verb override and lifts the guards until it is taken back', async (t) => {
  const alice = personIn(cluster, 'unguard', 'alice');
  const oncall = personIn(cluster, 'unguard', 'oncall');
  const unguarded = `annotate ${SHOP} bluegreen.dev/unguard=moved`;
  const deleted = 'delete service green --dry-run=server';
  await alice.mayNot(t, unguarded, 'bluegreen.dev/unguard needs the verb override', 'alice does not have it');
  await alice.mayNot(t, deleted, 'active-service: ');
  await oncall.may(t, unguarded);
  await alice.may(t, deleted);
  await alice.may(t, `annotate ${SHOP} bluegreen.dev/unguard-`);
  await alice.mayNot(t, deleted, 'active-service: ');
});

t.test('the mode of a namespace follows its label', async (t) => {
  const admin = personIn(cluster, 'modes');
  const alice = personIn(cluster, 'modes', 'alice');
  const split = `patch ${SHOP} --type=json -p '[{"op":"replace","path":"/spec/weighted/services/0/weight","value":60}]'`;
  const dry = `${split} --dry-run=server`;
  async function label(t: Test, mode: string, inForce: (answer: string) => boolean): Promise<void> {
    await admin.may(t, `label --overwrite namespace/modes bluegreen.dev/mode${mode}`);
    t.ok(await until(async () => inForce((await alice.run(dry)).said), LABEL_MS), `mode${mode} is in force`);
  }

  await alice.mayNot(t, split, 'weights-total: blue 60');
  await alice.mayNot(t, 'delete service green', 'active-service: ');

  await label(t, '=warn', warned);
  await alice.may(t, split, 'would be denied: weights-total: blue 60');
  await alice.may(t, 'delete service green --dry-run=server', 'would be denied: active-service: ');
  t.match((await live(alice, 'shop')).slice(0, 4), '60 0');
  await alice.may(t, blueAgain);

  const untested = `patch ${SHOP} ${toColor('green')}`;
  await alice.may(t, untested, 'would be denied: smoke-test: green', 'would be denied: permission: a promotion needs');
  t.match(await alice.may(t, 'bluegreen history shop'), /\npromotion\+warn .* smoke-test,permission\n/);
  t.match(
    await alice.may(t, 'bluegreen status shop'),
    'Findings:   the promotion had findings of smoke-test, permission, and the mode warn let it through',
  );
  await alice.may(t, blueAgain);
  t.notMatch(await alice.may(t, 'bluegreen status shop'), 'Findings:');

  await label(t, '=audit', silent);
  t.notMatch(await alice.may(t, split), 'Warning');
  t.notMatch(await alice.may(t, 'delete service green --dry-run=server'), 'Warning');
  await alice.may(t, blueAgain);
  await alice.may(t, promoted('v2'));
  t.equal(await live(alice, 'shop'), '0 100: green, previous blue', 'the record goes on');

  await admin.may(t, 'label --overwrite namespace/modes bluegreen.dev/mode=off', 'is no longer guarded by bluegreen');
  async function unseen(): Promise<boolean> {
    await alice.run(`patch ${SHOP} ${toColor('green')}`);
    await alice.run(blueAgain);
    return (await live(alice, 'shop')) === '100 0: green, previous blue';
  }
  t.ok(await until(unseen, LABEL_MS), 'off: nobody records a switch');
  t.notMatch(await alice.may(t, split), 'Warning');
  await alice.may(t, `patch ${SHOP} ${toColor('blue')}`);

  await label(t, '-', denied);
  await alice.mayNot(t, split, 'weights-total: blue 60');
  await alice.mayNot(t, 'delete service green', 'active-service: ');
  await alice.may(t, `label ${SHOP} team=web`);
  t.equal((await history(alice, 'shop')).at(-1), 'unseen green to blue by nobody', 'the switch is noticed afterwards');
});

/** Gives a namespace a mode (`=off`, or `-` for its own one), and waits until wrong weights are answered like that. */
async function guardAs(t: Test, namespace: string, mode: string, denies: boolean): Promise<string> {
  const admin = personIn(cluster, namespace);
  const said = await admin.may(t, `label --overwrite namespace/${namespace} bluegreen.dev/mode${mode}`);
  const wrong = `create --dry-run=server -f -`;
  const input = JSON.stringify({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: { name: 'probe' },
    spec: { weighted: { services: ['blue', 'green'].map((name) => ({ name, port: 80, weight: 60 })) } },
  });
  const inForce = until(async () => denied((await admin.run(wrong, input)).said) === denies, LABEL_MS);
  t.ok(await inForce, `mode${mode} is in force`);
  return said;
}

// What is lost where the API server does not fill them in: test/chart/before-fill.cluster.test.ts.
t.test('weights that a manifest leaves out stay with the mode off, too', async (t) => {
  const alice = personIn(cluster, 'lost', 'alice');
  const sync = `apply -f ${join(FILES, 'shop.yaml')}`;
  await personIn(cluster, 'lost', 'oncall').may(t, promoted('v2'));
  const told = await guardAs(t, 'lost', '=off', false);
  t.notMatch(told, 'write weights into the manifests');
  for (const way of ['', ' --server-side --force-conflicts']) {
    await alice.may(t, `${sync}${way}`);
    t.equal(await live(alice, 'shop'), '0 100: green, previous blue', way);
  }
  t.notMatch(await guardAs(t, 'lost', '-', true), 'Traefik splits the production');
  await alice.may(t, `${sync} --server-side --force-conflicts`);
  t.equal(await live(alice, 'shop'), '0 100: green, previous blue');
  t.equal((await history(alice, 'shop')).at(-1), 'promotion blue to green by oncall', 'and the record goes on');
  await alice.may(t, blueAgain);
});

async function create(person: Person, input: string): Promise<string> {
  return (await person.run('create -f -', input)).said;
}

t.test('a backup with green active is restored as it was', async (t) => {
  const [alice, oncall] = ['alice', 'oncall'].map((user) => personIn(cluster, 'backup', user));
  if (alice === undefined || oncall === undefined) throw new Error('no such user');
  await oncall.may(t, promoted('v2'));
  const backup = await alice.stored('shop');
  /** As a backup program writes it: without what belongs to the object that is gone. */
  function restored(annotations: Readonly<Record<string, string>> = {}): string {
    const metadata = { name: 'shop', annotations: { ...annotationsOf(backup), ...annotations } };
    return JSON.stringify({ ...backup, metadata });
  }
  async function wipe(): Promise<void> {
    await oncall?.may(t, `annotate ${SHOP} bluegreen.dev/unguard=restore`);
    await oncall?.may(t, `delete ${SHOP}`);
  }
  const restore = { 'bluegreen.dev/restore': 'the backup of Monday' };
  await wipe();
  t.match(await create(alice, restored()), 'permission: a promotion needs the verb promote');
  t.match(await create(alice, restored(restore)), 'bluegreen.dev/restore needs the verb override');
  t.match(await create(oncall, restored(restore)), 'created');
  t.equal(await live(alice, 'shop'), '0 100: green, previous blue');
  t.same(annotationsOf(await alice.stored('shop')), { ...annotationsOf(backup), ...restore });
  await alice.may(t, blueAgain);
  t.equal((await history(alice, 'shop')).at(-1), 'rollback green to blue by alice', 'the way back is there');

  await wipe();
  await guardAs(t, 'backup', '=off', false);
  t.match(await create(alice, restored()), 'created', 'with the mode off it needs no verb');
  await guardAs(t, 'backup', '-', true);
  await alice.may(t, `label ${SHOP} team=web`);
  t.equal(await live(alice, 'shop'), '0 100: green, previous blue');
  t.same(annotationsOf(await alice.stored('shop')), annotationsOf(backup));
});
