// The real kustomize-controller of Flux, which reconciles a release from Git while people switch it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { at, number } from '../../common/json.ts';
import { rolledOut } from '../cluster/kube.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { FLUX, startFlux } from './flux/flux.ts';
import type { Outcome } from './flux/flux.ts';
import type { Files } from './flux/source.ts';
import { history, live, NAMED, personIn } from './people.ts';

const FILES = join(import.meta.dirname, 'flux');
const NAMESPACE = 'flux-shop';
const SHOP = `${NAMED}/shop`;
const IMAGE = 'ghcr.io/stefanprodan/podinfo';
const SETTLED_MS = 120_000;
const COLORS = ['blue', 'green'] as const;
type Color = (typeof COLORS)[number];

const cluster = await shareCluster(t, 'traefik');
await cluster.kubectlOk(['apply', '-f', join(FILES, 'rights.yaml')]);
const alice = personIn(cluster, NAMESPACE, 'alice');
const admin = personIn(cluster, NAMESPACE);
const flux = await startFlux(t, cluster, NAMESPACE);

interface State {
  readonly blue: string;
  readonly green: string;
  /** Those of blue and green; left out of Git where null. */
  readonly weights?: readonly [number, number] | null;
}

function file(name: string): string {
  return readFileSync(join(FILES, name), 'utf8');
}

/** What stands in Git: the colors' tags, and the weights if any. */
function inGit({ blue, green, weights = null }: State): Files {
  const shop = file('shop.yaml');
  const [first, second] = weights ?? [];
  return {
    'namespace.yaml': file('namespace.yaml'),
    'blue.yaml': file('blue.yaml').replace(`${IMAGE}:6.1.5`, `${IMAGE}:${blue}`),
    'green.yaml': file('green.yaml').replace(`${IMAGE}:6.1.5`, `${IMAGE}:${green}`),
    'shop.yaml':
      weights === null
        ? shop
        : shop
            .replace('{name: blue, port: 80}', `{name: blue, port: 80, weight: ${first}}`)
            .replace('{name: green, port: 80}', `{name: green, port: 80, weight: ${second}}`),
  };
}

function applied(t: Test, { ok, said }: Outcome): void {
  t.ok(ok, said);
  t.match(said, 'Applied revision: main@sha1:');
}

function failed(t: Test, { ok, said }: Outcome, ...parts: readonly string[]): void {
  t.notOk(ok, said);
  for (const part of parts) t.match(said, part);
}

async function imageOf(color: Color): Promise<string> {
  const path = [
    'get',
    'deployment',
    color,
    '-n',
    NAMESPACE,
    '-o',
    'jsonpath={.spec.template.spec.containers[0].image}',
  ];
  return (await cluster.kubectlOk(path)).replace(`${IMAGE}:`, '');
}

/** Waits until a color runs what its Deployment says, and nothing else. */
async function settled(t: Test, color: Color): Promise<void> {
  await rolledOut(cluster, NAMESPACE, color);
  async function alone(): Promise<boolean> {
    return (await admin.run(`get pods -l color=${color} -o name`)).said.split('\n').length === 1;
  }
  t.ok(await until(alone, SETTLED_MS), `one pod of ${color}`);
}

/** Says that somebody has tested what a color runs. */
async function attest(t: Test, color: Color): Promise<void> {
  const revision = await alice.may(
    t,
    `get pods -l color=${color} -o jsonpath={.items[0].metadata.labels.pod-template-hash}`,
  );
  await alice.may(t, `annotate --overwrite ${SHOP} bluegreen.dev/smoke-test=passed:${revision}`);
}

/** Reconciles, which may not change the spec of the TraefikService. */
async function untouched(t: Test, expected: string): Promise<void> {
  async function version(): Promise<number | null> {
    return number(at(await admin.stored('shop'), 'metadata', 'generation'));
  }
  const before = await version();
  applied(t, await flux.sync());
  t.equal(await live(admin, 'shop'), expected);
  t.equal(await version(), before, 'its spec stays');
}

t.test('the first sync makes a release of an empty cluster, in one go', async (t) => {
  applied(t, await flux.commit(inGit({ blue: '6.1.5', green: '6.1.6' })));
  for (const color of COLORS) await settled(t, color);
  await untouched(t, '100 0: blue');
  t.same(await flux.denials(), [], 'Flux creates the Services between its dry run of the TraefikService and its write');
  t.same(await history(admin, 'shop'), [`creation with blue by ${FLUX}`]);
});

t.test('a change of the preview by hand is corrected, and the smoke test of the changed pods is void', async (t) => {
  await alice.may(t, `set image deployment/green podinfo=${IMAGE}:6.1.5`);
  await settled(t, 'green');
  await attest(t, 'green');
  applied(t, await flux.sync());
  t.equal(await imageOf('green'), '6.1.6');
  await settled(t, 'green');
  await alice.mayNot(t, 'bluegreen promote shop', 'smoke-test: green');
  await untouched(t, '100 0: blue');
});

t.test('without weights in Git, Flux leaves every switch alone', async (t) => {
  await attest(t, 'green');
  await alice.may(t, 'bluegreen promote shop');
  await untouched(t, '0 100: green, previous blue');
  await alice.may(t, 'bluegreen rollback shop');
  await untouched(t, '100 0: blue');
  await admin.may(t, "bluegreen promote shop --override 'fire at night'");
  await untouched(t, '0 100: green, previous blue');
  await alice.may(t, 'bluegreen rollback shop');
  const events = await history(admin, 'shop');
  t.same(events.slice(1, 3), ['promotion blue to green by alice', 'rollback green to blue by alice']);
  t.match(events[3], /^promotion blue to green by .* \(fire at night\)$/);
  t.equal(events.length, 5);
});

t.test('with weights in Git, a commit switches once the preview is tested, and so does a sync', async (t) => {
  const images = { blue: '6.1.5', green: '6.1.6' } as const;
  failed(t, await flux.commit(inGit({ ...images, weights: [0, 100] })), 'smoke-test: green');
  t.equal(await live(admin, 'shop'), '100 0: blue');
  for (const how of ['commit', 'sync after a rollback']) {
    await attest(t, 'green');
    applied(t, await flux.sync());
    t.equal(await live(admin, 'shop'), '0 100: green, previous blue', how);
    await alice.may(t, 'bluegreen rollback shop');
    failed(t, await flux.sync(), 'smoke-test: green');
    t.equal(await live(admin, 'shop'), '100 0: blue', 'the rollback holds while nobody tests green again');
  }
  applied(t, await flux.commit(inGit(images)));
  await untouched(t, '100 0: blue');
  const switches = [`promotion blue to green by ${FLUX}`, 'rollback green to blue by alice'];
  t.same((await history(admin, 'shop')).slice(-4), [...switches, ...switches]);
});

t.test('a commit that changes the image of the preview is a release: the plugin says when', async (t) => {
  applied(t, await flux.commit(inGit({ blue: '6.1.5', green: '6.1.5' })));
  await settled(t, 'green');
  await alice.mayNot(t, 'bluegreen promote shop', 'smoke-test: green');
  await alice.may(t, 'bluegreen smoke shop --path /version --json .version=6.1.5');
  await untouched(t, '100 0: blue');
  await alice.may(t, 'bluegreen promote shop');
  await untouched(t, '0 100: green, previous blue');
});

t.test('a commit that changes the image of the active color is denied, and Flux says why', async (t) => {
  failed(t, await flux.commit(inGit({ blue: '6.1.5', green: '6.1.6' })), 'active-workload: ', 'green');
  async function reported(): Promise<boolean> {
    return (await flux.denials()).some((message) => message.includes('active-workload: '));
  }
  t.ok(await until(reported, SETTLED_MS), 'in an Event, too');
  t.equal(await imageOf('green'), '6.1.5');
  t.equal(await live(admin, 'shop'), '0 100: green, previous blue');
});

t.test('prune: production is kept until it is unguarded', async (t) => {
  const { 'namespace.yaml': namespace = '' } = inGit({ blue: '6.1.5', green: '6.1.5' });
  failed(t, await flux.commit({ 'namespace.yaml': namespace }), 'active-route: ', 'active-workload: ');
  t.equal(await live(admin, 'shop'), '0 100: green, previous blue');
  t.equal(await imageOf('green'), '6.1.5');
  await admin.may(t, 'bluegreen unguard shop');
  applied(t, await flux.sync());
  t.equal(await admin.stored('shop'), null);
  t.equal((await admin.run('get deployments,services,ingressroutes -o name')).said, '');
});
