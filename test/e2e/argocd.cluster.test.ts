// Argo CD itself keeps a release at what Git says while people and its own actions switch it.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { get, list, parseObject } from '../../common/json.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { rolledOut } from '../cluster/kube.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { weightedSpec } from '../objects.ts';
import { applicationOf } from './argocd/application.ts';
import { CONTROLLER, NAMESPACE, SERVER, startArgoCd } from './argocd/argocd.ts';
import { makeRepository } from './gitops/repository.ts';
import { history, live, NAMED, personIn, toColor } from './people.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/argocd');
const CONFIG = join(EXAMPLES, 'argocd-cm.yaml');
const FILES = join(import.meta.dirname, 'gitops');
const SHOP = 'argocd-shop';
const NAME = 'shop';
const RELEASE = `${NAMED}/${NAME}`;
const SYNCED = 'Synced';
const BLUE = '100 0: blue';
const GREEN = '0 100: green, previous blue';

const cluster = await shareCluster(t, 'traefik');
await cluster.kubectlOk(['apply', '-f', join(FILES, 'rights.yaml')]);
t.teardown(() => cluster.kubectlOk(['delete', '-f', join(FILES, 'rights.yaml')]));
await cluster.kubectlOk(['create', 'namespace', SHOP]);
const repository = await makeRepository(t);
cpSync(FILES, join(repository.folder, 'shop'), { recursive: true });
// What another client wrote once about a smoke test.
edit('release.yaml', '  annotations:\n    bluegreen.dev/smoke-test: passed:6.1.6\n', '');
await repository.push();
const argo = await startArgoCd(t, cluster);
const application = applicationOf(cluster, argo, 'demo-bluegreen');
const alice = personIn(cluster, SHOP, 'alice');

function edit(file: string, from: string, to: string): void {
  repository.edit(join('shop', file), from, to);
}

async function stored(): Promise<JsonObject> {
  return (await alice.stored(NAME)) ?? {};
}

/** What Argo CD reports once it has seen this health: no difference, and nothing was synced since. */
async function settled(t: Test, began: string | undefined, health: string, weights: string): Promise<void> {
  const report = await application.reaches(t, health, (now) => now.sync === SYNCED && now.health === health);
  t.equal(report.began, began, 'nothing was synced');
  t.equal(await live(alice, NAME), weights);
}

/** Turns server-side diff of the Application on or off. */
async function compareOnServer(wanted: boolean): Promise<void> {
  const key = 'argocd.argoproj.io/compare-options';
  const change = wanted ? `${key}=ServerSideDiff=true` : `${key}-`;
  await cluster.kubectlOk(['annotate', 'applications.argoproj.io/demo-bluegreen', '-n', NAMESPACE, change]);
}

async function attest(t: Test, color: string): Promise<void> {
  const hash = await alice.run(`get pods -l color=${color} -o jsonpath={.items[0].metadata.labels.pod-template-hash}`);
  // A value that was used up before is no news.
  await alice.may(t, `annotate ${RELEASE} bluegreen.dev/smoke-test-`);
  await alice.may(t, `annotate ${RELEASE} bluegreen.dev/smoke-test=passed:${hash.said}`);
}

/** Sends what an action of Argo CD's page does, as Argo CD's API server. */
async function act(action: string): Promise<{ readonly code: number; readonly stderr: string }> {
  const patch = JSON.stringify(await argo.ask(await stored(), 'run', action));
  return cluster.kubectl(['patch', RELEASE, '-n', SHOP, `--as=${SERVER}`, '--type=merge', '-p', patch]);
}

/** The actions that the page offers. */
async function enabled(): Promise<readonly string[]> {
  const actions = list(await argo.ask(await stored(), 'actions'));
  return actions
    .filter((action) => get(action, 'disabled') !== true)
    .map((action) => stringAt(action, 'name') ?? '')
    .toSorted();
}

t.test('the first sync creates the release without weights, and blue is active', async (t) => {
  const example = parseObject(JSON.stringify(parse(readFileSync(join(EXAMPLES, 'application.yaml'), 'utf8')))) ?? {};
  const spec = objectAt(example, 'spec');
  const source = {
    ...objectAt(spec, 'source'),
    repoURL: repository.url,
    path: 'shop',
    directory: { include: '{colors,release}.yaml' },
  };
  const destination = { ...objectAt(spec, 'destination'), namespace: SHOP };
  await cluster.kubectlOk(['patch', 'configmap', 'argocd-cm', '-n', NAMESPACE, '--patch-file', CONFIG]);
  // A retry of a denied commit would overlap with what comes next.
  const syncPolicy = { ...objectAt(spec, 'syncPolicy'), retry: { limit: 0 } };
  await cluster.apply([{ ...example, spec: { ...spec, source, destination, syncPolicy } }]);
  await application.reaches(t, 'Healthy', ({ sync, health }) => sync === SYNCED && health === 'Healthy');
  for (const color of ['blue', 'green']) await rolledOut(cluster, SHOP, color);
  t.equal(await live(alice, NAME), BLUE);
});

t.test('people promote, roll back and override: no difference, and no sync', async (t) => {
  const { began } = await application.report();
  await attest(t, 'green');
  await settled(t, began, 'Progressing', BLUE);
  await alice.may(t, `patch ${RELEASE} ${toColor('green')}`);
  await settled(t, began, 'Healthy', GREEN);
  await alice.may(t, `patch ${RELEASE} ${toColor('blue')}`);
  await settled(t, began, 'Healthy', BLUE);
  await alice.mayNot(t, `patch ${RELEASE} ${toColor('green')}`, 'smoke-test');
  const admin = personIn(cluster, SHOP);
  await admin.may(t, `patch ${RELEASE} ${toColor('green', { override: 'incident 42' })}`);
  await settled(t, began, 'Degraded', GREEN);
  await alice.may(t, `patch ${RELEASE} ${toColor('blue')}`);
  await settled(t, began, 'Healthy', BLUE);
  t.match((await history(alice, NAME)).join('\n'), /promotion blue to green by \S+ \(incident 42\)/);
});

t.test('without the entry of the page, the weights are a difference unless the server compares', async (t) => {
  const entry = 'resource.customizations.ignoreDifferences.traefik.io_TraefikService';
  const config = ['patch', 'configmap', 'argocd-cm', '-n', NAMESPACE];
  await cluster.kubectlOk([...config, '--type=merge', '-p', JSON.stringify({ data: { [entry]: null } })]);
  await compareOnServer(false);
  const report = await application.reaches(t, 'OutOfSync', ({ sync }) => sync === 'OutOfSync');
  t.same(report.outOfSync, [`TraefikService/${NAME}`]);
  await compareOnServer(true);
  await application.reaches(t, 'the server fills them in', ({ sync }) => sync === SYNCED);
  await cluster.kubectlOk([...config, '--patch-file', CONFIG]);
  await compareOnServer(false);
  await application.reaches(t, 'the entry ignores them', ({ sync }) => sync === SYNCED);
  await compareOnServer(true);
  t.equal(await live(alice, NAME), BLUE, 'self-heal moved nothing');
});

t.test('the actions do what people do, as Argo CD’s API server', async (t) => {
  t.same(await enabled(), ['freeze']);
  const { began } = await application.report();
  t.equal((await act('freeze')).stderr, '');
  await settled(t, began, 'Healthy', BLUE);
  t.same(await enabled(), ['unfreeze']);
  await attest(t, 'green');
  t.match((await act('promote')).stderr, 'frozen: ', 'the webhook decides');
  t.equal((await act('unfreeze')).code, 0);
  t.same(await enabled(), ['freeze', 'promote']);
  t.equal((await act('promote')).code, 0);
  t.equal(await live(alice, NAME), GREEN);
  t.same(await enabled(), ['freeze', 'rollback']);
  t.equal((await act('rollback')).code, 0);
  t.equal(await live(alice, NAME), BLUE);
  t.same((await history(alice, NAME)).slice(-2), [
    `promotion blue to green by ${SERVER}`,
    `rollback green to blue by ${SERVER}`,
  ]);
});

t.test('health is what the object alone shows', async (t) => {
  const object = await stored();
  const metadata = objectAt(object, 'metadata');
  function having(annotations: JsonObject, spec: JsonObject = objectAt(object, 'spec')): JsonObject {
    return {
      ...object,
      metadata: { ...metadata, annotations: { ...objectAt(metadata, 'annotations'), ...annotations } },
      spec,
    };
  }
  const ended = { 'bluegreen.dev/frozen': 'until 2026-01-01T00:00:00Z: the holidays' };
  for (const [name, shown, status, message] of [
    ['as it is', object, 'Healthy', 'blue is active'],
    ['split', having({}, weightedSpec(50, 50)), 'Degraded', 'single-active: the weights (blue 50, green 50) split'],
    ['no weights', having({}, weightedSpec(null, null)), 'Degraded', 'single-active: the weights (blue 1, green 1)'],
    ['unseen', having({}, weightedSpec(0, 100)), 'Degraded', 'record: green is active, and the webhook recorded blue'],
    ['frozen', having({ 'bluegreen.dev/frozen': 'holidays' }), 'Healthy', 'Promotions are frozen: holidays'],
    ['no longer frozen', having(ended), 'Healthy', 'blue is active'],
    ['not recorded', { ...object, metadata: { name: NAME } }, 'Healthy', 'has not recorded'],
  ] as const) {
    const health = await argo.ask(shown, 'health');
    t.equal(stringAt(health, 'status'), status, name);
    t.match(stringAt(health, 'message'), message, name);
  }
});

t.test('a commit that changes what the active color runs is denied, and Argo CD shows why', async (t) => {
  const service = 'metadata:\n  name: green\nspec:\n  selector';
  const labeled = service.replace('\nspec', '\n  labels: {team: shop}\nspec');
  async function team(): Promise<string> {
    return (await alice.run('get service green -o jsonpath={.metadata.labels.team}')).said;
  }
  edit('colors.yaml', 'podinfo:6.1.5', 'podinfo:6.1.7');
  edit('colors.yaml', service, labeled);
  const denied = await repository.push();
  const compared = await application.reaches(
    t,
    'the server compares',
    ({ sync, revision }) => sync === 'Unknown' && revision === denied,
  );
  t.match(compared.conditions.join('\n'), 'active-workload');
  t.equal(await team(), '', 'nothing of the commit is applied');
  await compareOnServer(false);
  const failed = await application.reaches(t, 'Argo CD compares', ({ phase }) => phase === 'Failed');
  t.match(failed.message, 'active-workload');
  t.equal(await team(), 'shop', 'the rest of the commit is applied');
  await compareOnServer(true);
  edit('colors.yaml', 'podinfo:6.1.7', 'podinfo:6.1.5');
  const mended = await repository.push();
  await application.reaches(t, 'mended', ({ sync, revision }) => sync === SYNCED && revision === mended);
  t.equal(await live(alice, NAME), BLUE);
});

t.test('weights in Git: the next commit after a promotion rolls it back, whatever it changes', async (t) => {
  edit('release.yaml', '{name: blue, port: 80}', '{name: blue, port: 80, weight: 100}');
  edit('release.yaml', '{name: green, port: 80}', '{name: green, port: 80, weight: 0}');
  const first = await repository.push();
  const { began } = await application.reaches(t, SYNCED, ({ sync, revision }) => sync === SYNCED && revision === first);
  await attest(t, 'green');
  await alice.may(t, `patch ${RELEASE} ${toColor('green')}`);
  await settled(t, began, 'Healthy', GREEN);
  edit('release.yaml', '  name: shop', '  name: shop\n  labels: {team: shop}');
  const second = await repository.push();
  await application.reaches(t, SYNCED, ({ sync, revision }) => sync === SYNCED && revision === second);
  t.equal(await live(alice, NAME), BLUE);
  t.equal((await history(alice, NAME)).at(-1), `rollback green to blue by ${CONTROLLER}`);
});

t.test('Argo CD itself moved traffic only for weights in Git', async (t) => {
  const own = (await history(alice, NAME)).filter((line) => line.includes(CONTROLLER));
  t.same(own, [`creation with blue by ${CONTROLLER}`, `rollback green to blue by ${CONTROLLER}`]);
});
