// Colors that are no Deployments: StatefulSets, bare ReplicaSets, and Services whose endpoints are kept by hand. Tested,
// promoted and rolled back with kubectl, as a person would.
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { annotation } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { isReady } from '../../common/objects.ts';
import { endpointsFollow } from '../cluster/endpoints.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { until } from '../cluster/node/api.ts';
import { bundleOf } from '../images/bundles.ts';
import { demoImage } from '../images/specs.ts';
import { namespaceObject } from '../objects.ts';
import { annotated, history, live, NAMED, personIn, toColor } from './people.ts';
import type { Person } from './people.ts';

const FILES = join(import.meta.dirname, 'workloads');
const IMAGE = 'ghcr.io/stefanprodan/podinfo';
const SHOP = `${NAMED}/shop`;
const READY_MS = 60_000;

const cluster = await shareCluster(t, 'webhook');
const namespaces = ['statefulsets', 'replicasets', 'outside'] as const;
await cluster.apply(namespaces.map((namespace) => namespaceObject(namespace)));
for (const namespace of namespaces) await cluster.applyFiles([join(FILES, `${namespace}.yaml`)], namespace);
for (const namespace of namespaces) {
  if (namespace !== 'outside')
    await cluster.kubectlOk(['wait', '-n', namespace, 'pod', '--all', '--for=condition=Ready', '--timeout=60s']);
  await cluster.applyFiles([join(FILES, 'traefik.yaml')], namespace);
}

async function smokeTest(person: Person): Promise<string | null> {
  return annotation(await person.stored('shop'), 'bluegreen.dev/smoke-test-record');
}
function attest(value: string): string {
  return `annotate --overwrite ${SHOP} bluegreen.dev/smoke-test=${value}`;
}

async function greenRevision(person: Person): Promise<string> {
  const [pod] = await person.pods('color=green');
  return stringAt(pod, 'metadata', 'labels', 'controller-revision-hash') ?? '';
}
async function digest(person: Person): Promise<string> {
  const [pod] = await person.pods('color=green');
  const [status] = objectsAt(pod, 'status', 'containerStatuses');
  return (stringAt(status, 'imageID') ?? '').replace(/^.*@/, '');
}

/** What pods that start from now on get under a tag. */
async function moveTag(tag: string, version: string): Promise<void> {
  await cluster.provide([await demoImage(await bundleOf('demo-app'), version, [`${IMAGE}:${tag}`])]);
}

/** Replaces the pods of a color, and waits for those that its controller makes anew. */
async function replacePods(t: Test, person: Person, color: string): Promise<void> {
  await person.may(t, `delete pods -l color=${color}`);
  await podsReady(t, person, color, 1);
}
async function podsReady(t: Test, person: Person, color: string, count: number): Promise<void> {
  async function ready(): Promise<boolean> {
    const pods = await person.pods(`color=${color}`);
    return pods.length === count && pods.every(isReady);
  }
  t.ok(await until(ready, READY_MS), `${count} ready pods of ${color}`);
  t.ok(await until(() => endpointsFollow(cluster.api, person.namespace), READY_MS), 'and endpoints follow them');
}

/** Says that the preview passed, in each of the ways to name it; each has to bind to the same revision. */
async function attestByName(t: Test, person: Person, revision: string): Promise<void> {
  for (const value of ['6.1.6', await digest(person), `${IMAGE}:6.1.6`, revision]) {
    await person.patch(t, 'shop', annotated({ 'smoke-test': 'failed' }));
    t.equal(await smokeTest(person), null, 'taken back');
    await person.may(t, attest(`passed:${value}`));
    t.match(await smokeTest(person), `"revision":"${revision}"`, `passed:${value}`);
  }
  await person.may(t, attest('passed:6.1.5'), 'passed:6.1.5 names nothing that runs behind green');
}

t.test('StatefulSets', async (t) => {
  const person = personIn(cluster, 'statefulsets');
  const revision = await greenRevision(person);

  await person.mayNot(t, `patch ${SHOP} ${toColor('green')}`, `smoke-test: green, revision ${revision}`);
  await attestByName(t, person, revision);
  await person.may(t, `patch ${SHOP} ${toColor('green')}`);
  t.equal(await live(person, 'shop'), '0 100: green, previous blue');
  await person.may(t, `patch ${SHOP} ${toColor('blue')}`);
  t.equal(await live(person, 'shop'), '100 0: blue');

  t.test('a preview that rolls between test and promotion is denied', async (t) => {
    await person.may(t, attest(`passed:${IMAGE}:6.1.6`));
    await person.mayNot(t, 'set env statefulset/green STEP=2', 'preview-workload: StatefulSet green replaces all');
    await person.may(t, `patch ${SHOP} --type=json -p '[{"op":"remove","path":"/spec/weighted/services/1"}]'`);
    await person.may(t, 'set env statefulset/green STEP=2');
    await person.may(t, 'rollout status statefulset/green --timeout=60s');
    await podsReady(t, person, 'green', 1);
    await person.mayNot(
      t,
      `patch ${SHOP} ${toColor('green')}`,
      `smoke-test: green passed as revision ${revision} (podinfo:6.1.6), but now runs revision green-`,
    );
    t.equal(await live(person, 'shop'), '100: blue');
  });

  t.test('a rollout that stops at a partition leaves two revisions: no test and no promotion', async (t) => {
    const partition = { spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } } };
    await person.may(t, `patch statefulset/green --type=merge -p '${JSON.stringify(partition)}'`);
    await podsReady(t, person, 'green', 2);
    await person.may(t, attest('passed:6.1.6'));
    await person.may(t, 'set env statefulset/green STEP=3');
    await person.may(t, 'rollout status statefulset/green --timeout=60s');
    await podsReady(t, person, 'green', 2);
    await person.mayNot(
      t,
      `patch ${SHOP} ${toColor('green')}`,
      'ready-endpoints: several revisions run behind Service',
    );
    const revisionNow = await greenRevision(person);
    await person.may(
      t,
      attest(`passed:${revisionNow}`),
      'bluegreen.dev/smoke-test does not count: several revisions run behind Service green',
    );
    const finished = { spec: { replicas: 1, updateStrategy: { rollingUpdate: { partition: 0 } } } };
    await person.may(t, `patch statefulset/green --type=merge -p '${JSON.stringify(finished)}'`);
    await person.may(t, 'rollout status statefulset/green --timeout=60s');
    await podsReady(t, person, 'green', 1);
  });

  t.test('the same tag with other contents has to be tested again', async (t) => {
    await person.may(t, attest(`passed:${IMAGE}:6.1.6`));
    t.match(await smokeTest(person), '"color":"green"');
    const before = await digest(person);
    await moveTag('6.1.6', '6.1.6-hotfix');
    await replacePods(t, person, 'green');
    t.not(await digest(person), before, 'the tag moved');
    await person.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'but now runs the same tag with other contents');
  });

  t.test('tested and switched in one apply, then back to a tag that was moved meanwhile', async (t) => {
    const value = `passed:${await digest(person)}`;
    await person.may(t, `patch ${SHOP} ${toColor('green', { 'smoke-test': value })}`);
    t.equal(await live(person, 'shop'), '0 100: green, previous blue');
    await moveTag('6.1.5', '6.1.5-hotfix');
    t.teardown(() => moveTag('6.1.5', '6.1.5'));
    await replacePods(t, person, 'blue');
    const other = 'smoke-test: blue runs other contents under the same tag than when it was active: sha256:';
    t.match(await person.may(t, 'bluegreen status shop'), other);
    await person.may(t, 'bluegreen rollback shop --dry-run=client', other);
    await person.may(t, `patch ${SHOP} ${toColor('blue')}`, other);
    t.equal(await live(person, 'shop'), '100 0: blue');
  });
});

t.test('bare ReplicaSets', async (t) => {
  const person = personIn(cluster, 'replicasets');
  await person.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'smoke-test: green, revision green (podinfo:6.1.6)');
  await attestByName(t, person, 'green');
  await person.may(t, `patch ${SHOP} ${toColor('green')}`);
  t.equal(await live(person, 'shop'), '0 100: green, previous blue');
  await person.may(t, `patch ${SHOP} ${toColor('blue')}`);
  t.equal(await live(person, 'shop'), '100 0: blue');

  t.test('two of them behind one Service are two revisions', async (t) => {
    await person.may(t, attest(`passed:${IMAGE}:6.1.6`));
    await person.may(t, `apply -f ${join(FILES, 'second-replicaset.yaml')}`);
    await podsReady(t, person, 'green', 2);
    await person.mayNot(
      t,
      `patch ${SHOP} ${toColor('green')}`,
      'ready-endpoints: several revisions run behind Service',
    );
    await person.may(t, 'delete replicaset green-canary');
    await podsReady(t, person, 'green', 1);
  });

  t.test('one whose pods come back with another image is denied', async (t) => {
    await person.may(t, `set image replicaset/green podinfo=${IMAGE}:6.1.5`);
    await replacePods(t, person, 'green');
    await person.mayNot(
      t,
      `patch ${SHOP} ${toColor('green')}`,
      'smoke-test: green passed as revision green (podinfo:6.1.6)',
    );
    await person.may(t, `patch ${SHOP} ${toColor('green', { 'smoke-test': 'passed:6.1.5' })}`);
    t.equal(await live(person, 'shop'), '0 100: green, previous blue');
  });
});

t.test('Services without a selector', async (t) => {
  const person = personIn(cluster, 'outside');
  await person.may(
    t,
    attest('passed'),
    'Service green has no selector, so no revision to bind to: write passed:<name>',
  );
  await person.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'smoke-test: green gains weight without');
  await person.may(t, attest('passed:build-17'));
  t.match(await smokeTest(person), '"revision":"build-17"');
  await person.may(t, `patch ${SHOP} ${toColor('green')}`);
  t.equal(await live(person, 'shop'), '0 100: green, previous blue');
  await person.may(t, `patch ${SHOP} ${toColor('blue')}`);
  t.equal(await live(person, 'shop'), '100 0: blue');

  t.test('the name that was promoted once is used up', async (t) => {
    await person.may(t, attest('passed:build-17'));
    await person.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'passed:build-17 is old');
  });

  t.test('a preview that nobody serves is not promoted, whatever was said of it', async (t) => {
    await person.may(t, attest('passed:build-18'));
    const off = { endpoints: [{ addresses: ['192.0.2.2'], conditions: { ready: false } }] };
    await person.may(t, `patch endpointslice green-outside --type=merge -p '${JSON.stringify(off)}'`);
    await person.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'ready-endpoints: green has no ready endpoint');
    const on = { endpoints: [{ addresses: ['192.0.2.2'], conditions: { ready: true } }] };
    await person.may(t, `patch endpointslice green-outside --type=merge -p '${JSON.stringify(on)}'`);
    await person.may(t, `patch ${SHOP} ${toColor('green')}`);
  });

  t.test('tested and switched in one apply, once there is nothing to roll back to', async (t) => {
    const promoted = `patch ${SHOP} ${toColor('blue', { 'smoke-test': 'passed:build-19' })}`;
    await person.may(t, `annotate --overwrite ${SHOP} bluegreen.dev/previous=none`);
    await person.mayNot(t, `patch ${SHOP} ${toColor('blue')}`, 'smoke-test: blue gains weight without');
    await person.may(t, promoted);
    t.equal(await live(person, 'shop'), '100 0: blue, previous green');
    t.match((await history(person, 'shop')).at(-1), 'promotion green to blue by ');
  });
});
