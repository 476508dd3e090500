// GitOps tools that apply what stands in Git over and over, between and after the switches of people.
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { annotation } from '../../common/json.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { rolledOut } from '../cluster/kube.ts';
import { annotated, history, live, NAMED, personIn, switched, toColor } from './people.ts';
import type { Person } from './people.ts';
import { namespaceObject } from '../objects.ts';
import { onePod, revisionOf } from './revisions.ts';

const FILES = join(import.meta.dirname, 'gitops');
const SHOP = `${NAMED}/shop`;
const PINNED = `${NAMED}/pinned`;
const IMAGE = 'ghcr.io/stefanprodan/podinfo';
const FLIPS = 30;
const HISTORY_LIMIT = 25;
/** A small part of the 256 KiB that the annotations of an object may have. */
const RECORD_LIMIT = 16_384;

const ARGO = 'system:serviceaccount:argocd:application-controller';
const FLUX = 'system:serviceaccount:flux-system:kustomize-controller';
const SERVER_SIDE = 'apply --server-side --field-manager=argocd --force-conflicts';
const CLIENT_SIDE = 'apply';
const TOOLS = [
  { namespace: 'server-side', user: ARGO, apply: SERVER_SIDE },
  { namespace: 'client-side', user: FLUX, apply: CLIENT_SIDE },
] as const;

const cluster = await shareCluster(t, 'webhook');
await cluster.apply(TOOLS.map(({ namespace }) => namespaceObject(namespace)));
await cluster.applyFiles([join(FILES, 'rights.yaml')]);
for (const { namespace } of TOOLS) await cluster.applyFiles([join(FILES, 'colors.yaml')], namespace);
for (const { namespace } of TOOLS) for (const color of ['blue', 'green']) await rolledOut(cluster, namespace, color);

async function smokeTest(person: Person): Promise<string | null> {
  return annotation(await person.stored('shop'), 'bluegreen.dev/smoke-test-record');
}

/** Gives the preview another image, and waits until nothing else runs there. */
async function deploy(t: Test, alice: Person, color: string, tag: string): Promise<void> {
  await alice.may(t, `set image deployment/${color} podinfo=${IMAGE}:${tag}`);
  await alice.may(t, `rollout status deployment/${color} --timeout=60s`);
  await onePod(t, alice, color);
}

for (const { namespace, user, apply } of TOOLS) {
  const alice = personIn(cluster, namespace, 'alice');
  const tool = personIn(cluster, namespace, user);
  function sync(t: Test, file: string): Promise<string> {
    return tool.may(t, `${apply} -f ${join(FILES, file)}`);
  }

  t.test(`${namespace} apply without weights, over three releases in a row`, async (t) => {
    async function synced(expected: string): Promise<void> {
      for (const time of ['once', 'twice']) {
        await sync(t, 'release.yaml');
        t.equal(await live(alice, 'shop'), expected, `synced ${time}`);
      }
    }
    await synced('100 0: blue');
    t.match(await smokeTest(alice), '"color":"green"', 'a new value in Git is a test by name');
    await alice.patch(t, 'shop', switched('green'));
    await synced('0 100: green, previous blue');
    t.equal(await smokeTest(alice), null, 'used up');

    // Blue gets the tag that Git speaks of, so that the old value would fit.
    await deploy(t, alice, 'blue', '6.1.6');
    await synced('0 100: green, previous blue');
    t.equal(await smokeTest(alice), null, 'the old value says nothing about the second release');
    await alice.mayNot(t, `patch ${SHOP} ${toColor('blue')}`, 'so this is no rollback');
    const blue = await revisionOf(alice, 'blue');
    await alice.patch(t, 'shop', annotated({ 'smoke-test': `passed:${blue}` }));
    await synced('0 100: green');
    await alice.patch(t, 'shop', switched('blue'));
    await synced('100 0: blue, previous green');

    await deploy(t, alice, 'green', '6.1.5');
    await synced('100 0: blue, previous green');
    const green = await revisionOf(alice, 'green');
    await alice.mayNot(t, `patch ${SHOP} ${toColor('green')}`, 'so this is no rollback');
    await alice.patch(t, 'shop', annotated({ 'smoke-test': `passed:${green}` }));
    await alice.patch(t, 'shop', switched('green'));
    await synced('0 100: green, previous blue');
    await alice.patch(t, 'shop', switched('blue'));
    await synced('100 0: blue');
    t.same(await history(alice, 'shop'), [
      `creation with blue by ${user}`,
      'promotion blue to green by alice',
      'promotion green to blue by alice',
      'promotion blue to green by alice',
      'rollback green to blue by alice',
    ]);
  });

  t.test(`${namespace} apply with weights after a promotion is a rollback, and everybody sees whose`, async (t) => {
    await alice.may(t, `delete ${SHOP}`);
    await sync(t, 'with-weights.yaml');
    const green = await revisionOf(alice, 'green');
    await alice.patch(t, 'pinned', switched('green', { 'smoke-test': `passed:${green}` }));
    t.equal(await live(alice, 'pinned'), '0 100: green, previous blue');
    await sync(t, 'with-weights.yaml');
    t.equal(await live(alice, 'pinned'), '100 0: blue');
    await sync(t, 'with-weights.yaml');
    t.same(await history(alice, 'pinned'), [
      `creation with blue by ${user}`,
      'promotion blue to green by alice',
      `rollback green to blue by ${user}`,
    ]);
    const told = await alice.may(t, `bluegreen history ${PINNED}`);
    const lines = told.split('\n').filter((line) => line.includes(user) && /rollback/i.test(line));
    t.equal(lines.length, 1, told);
    await alice.mayNot(t, `patch ${PINNED} ${toColor('green')}`, 'smoke-test: green');
  });
}

t.test(`the record stays small over ${FLIPS} promotions and rollbacks`, async (t) => {
  const alice = personIn(cluster, 'client-side', 'alice');
  const names = ['6.1.5', await revisionOf(alice, 'green')];
  for (let flip = 0; flip < FLIPS; flip++) {
    await alice.patch(t, 'pinned', switched('green', { 'smoke-test': `passed:${names[flip % 2]}` }));
    await alice.patch(t, 'pinned', switched('blue'));
  }
  const events = await history(alice, 'pinned');
  t.equal(events.length, HISTORY_LIMIT);
  t.same(new Set(events), new Set(['promotion blue to green by alice', 'rollback green to blue by alice']));
  const record = annotation(await alice.stored('pinned'), 'bluegreen.dev/record') ?? '';
  t.ok(record.length < RECORD_LIMIT, `${record.length} characters`);
});

for (const { namespace, user, apply } of TOOLS)
  t.test(
    `${namespace} apply brings back an old value over what somebody said, over three releases: no test`,
    async (t) => {
      const alice = personIn(cluster, namespace, 'alice');
      const tool = personIn(cluster, namespace, user);
      function sync(): Promise<string> {
        return tool.may(t, `${apply} -f ${join(FILES, 'release.yaml')}`);
      }
      async function said(): Promise<string | null> {
        return annotation(await alice.stored('shop'), 'bluegreen.dev/smoke-test');
      }
      await alice.run(`delete ${SHOP} ${PINNED}`);
      await sync();
      // Every preview gets the version that Git speaks of, so that only what was taken back keeps it from production.
      for (const [preview, weights] of [
        ['green', '100 0'],
        ['blue', '0 100'],
        ['green', '100 0'],
      ] as const) {
        await deploy(t, alice, preview, '6.1.6');
        for (const back of ['failed', null]) {
          await alice.patch(t, 'shop', annotated({ 'smoke-test': back }));
          const told = await sync();
          t.match(told, 'passed:6.1.6 was applied before and revoked since', `${preview}: ${back}`);
          t.equal(await said(), 'passed:6.1.6', 'Git has its way');
          t.notMatch(await sync(), 'revoked since', 'and it is said once');
        }
        t.equal(await smokeTest(alice), null, 'but it tests nothing');
        t.match(await live(alice, 'shop'), weights);
        await alice.patch(t, 'shop', annotated({ previous: 'none' }));
        await alice.mayNot(t, `patch ${SHOP} ${toColor(preview)}`, `smoke-test: ${preview}`);
        await alice.patch(t, 'shop', annotated({ 'smoke-test': 'failed' }));
        const revision = await revisionOf(alice, preview);
        await alice.patch(t, 'shop', annotated({ 'smoke-test': `passed:${revision}` }));
        await sync();
        t.match(await smokeTest(alice), revision, 'what a person says by another name holds through a sync');
        await alice.patch(t, 'shop', switched(preview));
      }
    },
  );
