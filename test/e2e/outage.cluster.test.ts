// What still holds while every replica of the webhook is gone, or hangs, and what comes after.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import t from 'tap';
import { annotation, at, list, text } from '../../common/json.ts';
import { childrenOf, GROUPS, readRecord } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import {
  allImages,
  installBluegreen,
  installTraefikCrds,
  RELEASE,
  REPLICATED,
  startCluster,
  stopWebhook,
} from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { until } from '../cluster/node/api.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { connect, MERGE_PATCH } from './api.ts';
import { buildWorld, SHARED } from './requests/world.ts';
import { traefikService, weightedSpec } from '../objects.ts';

/** What a rollback would wait for a webhook that is called and does not answer. */
const TIMEOUT_MS = 1_000;
/** How much longer than a command of the same kind a way back may take, for what is beside it on a busy machine. */
const TIMES = 3;

const cluster = await startCluster({ images: await allImages() });
t.teardown(() => cluster.stop());
const client = connect(cluster);
t.teardown(() => client.close());
await installTraefikCrds(cluster);
await Promise.all([
  installPlugin(cluster),
  installBluegreen(cluster, { ...REPLICATED, drainSeconds: '1' }),
  buildWorld(cluster),
]);

function path(group: Group, name: string): string {
  return `/apis/${group}/v1alpha1/namespaces/${SHARED}/traefikservices/${name}`;
}
function manifest(group: Group, name: string, body: JsonObject): JsonObject {
  return traefikService({ name, namespace: SHARED }, body, group);
}
const tested = { metadata: { annotations: { 'bluegreen.dev/smoke-test': 'passed:6.1.6' } } };

async function patch(group: Group, name: string, body: JsonObject): Promise<void> {
  const reply = await client.call('PATCH', path(group, name), { body, type: MERGE_PATCH });
  if (reply.status !== 200) throw new Error(`${name}: ${text(reply.body['message'])}`);
}
async function read(group: Group, name: string): Promise<JsonObject> {
  return (await client.call('GET', path(group, name))).body;
}
async function weights(group: Group, name: string): Promise<unknown> {
  return childrenOf(await read(group, name)).map(({ weight }) => weight);
}

interface Run {
  readonly ok: boolean;
  readonly said: string;
  readonly took: number;
}

async function kubectl(args: readonly string[], input = ''): Promise<Run> {
  const begun = performance.now();
  const { code, stdout, stderr } = await cluster.kubectl([...args, '-n', SHARED], { input });
  return { ok: code === 0, said: `${stdout}${stderr}`, took: performance.now() - begun };
}
function apply(object: JsonObject): Promise<Run> {
  return kubectl(['apply', '-f', '-'], JSON.stringify(object));
}
function named(group: Group, name: string): string {
  return `traefikservice.${group}/${name}`;
}
function patchByHand(group: Group, name: string, body: JsonObject): Promise<Run> {
  return kubectl(['patch', named(group, name), '--type=merge', '-p', JSON.stringify(body)]);
}

interface WayBack {
  readonly goBack: (group: Group, name: string) => Promise<Run>;
  /** A command of the same kind that no webhook is asked for. */
  readonly unasked: (group: Group) => Promise<Run>;
}

function patchUnrelated(group: Group): Promise<Run> {
  return patchByHand(group, 'unrelated', { spec: weightedSpec(3, 4, ['a', 'b']) });
}

/** Ways back, each on a TraefikService of its own. */
const WAYS_BACK: Readonly<Record<string, WayBack>> = {
  plugin: {
    goBack: (group, name) => kubectl(['bluegreen', 'rollback', named(group, name)]),
    unasked: (group) => kubectl(['bluegreen', 'status', named(group, 'live')]),
  },
  patch: {
    goBack: (group, name) => patchByHand(group, name, { spec: weightedSpec(100, 0) }),
    unasked: patchUnrelated,
  },
  apply: {
    goBack: (group, name) => apply(manifest(group, name, weightedSpec(100, 0))),
    unasked: patchUnrelated,
  },
};

const webhook = ['-n', RELEASE.namespace];
async function scale(replicas: number): Promise<void> {
  await cluster.kubectlOk([...webhook, 'scale', `deployment/${RELEASE.name}`, `--replicas=${replicas}`]);
  await rolledOut(cluster, RELEASE.namespace, RELEASE.name);
}

/** Milliseconds until the API server calls a replica that has just come back: the mutating webhook is no must. */
const CALLED_MS = 20_000;

/**
 * Touches the object until the webhook sees it again, and has the record follow the weights. The API server may still
 * fail a touch: it learns where the replica listens a moment after that is ready.
 */
async function seenAgain(group: Group, name: string): Promise<JsonObject> {
  let times = 0;
  await until(async () => {
    const body = { metadata: { labels: { seen: `again-${times++}` } } };
    await client.call('PATCH', path(group, name), { body, type: MERGE_PATCH });
    return readRecord(await read(group, name)).active?.color === 'blue';
  }, CALLED_MS);
  return read(group, name);
}

/** Of these green is active, and there is blue to go back to. */
const PROMOTED = [...Object.keys(WAYS_BACK).map((way) => `back-by-${way}`), 'forged', 'hung-patch', 'hung-plugin'];
/** Of these blue is active, and green tested, as it is of those before. */
const TESTED = ['live', 'tested', 'hung'];

for (const group of GROUPS) {
  const names = [...PROMOTED, ...TESTED];
  await cluster.apply([
    ...names.map((name) => manifest(group, name, weightedSpec(100, 0))),
    manifest(group, 'unrelated', weightedSpec(50, 50, ['a', 'b'])),
  ]);
  for (const name of names) await patch(group, name, tested);
  for (const name of PROMOTED) await patch(group, name, { spec: weightedSpec(0, 100) });
}

t.test('with every replica gone', async (t) => {
  await stopWebhook(cluster);
  for (const group of GROUPS) {
    t.test(`${group}: bad weights are denied by the API server itself, in the same words`, async (t) => {
      for (const { ok, said } of [
        await apply(manifest(group, 'live', weightedSpec(60, 30))),
        await patchByHand(group, 'live', { spec: weightedSpec(60, 30) }),
        await apply(manifest(group, 'new', weightedSpec(60, 30))),
      ]) {
        t.notOk(ok);
        t.match(said, 'weights-total: blue 60 + green 30 = 90, not 100. Set one to 100 and the other to 0');
      }
    });
    t.test(`${group}: promotions are denied`, async (t) => {
      const byPatch = await patchByHand(group, 'tested', { spec: weightedSpec(0, 100) });
      t.notOk(byPatch.ok);
      t.match(byPatch.said, 'failed calling webhook "promotion.bluegreen.dev"');
      t.match(await kubectl(['bluegreen', 'promote', named(group, 'tested')]), { ok: false, said: 'webhook' });
      const untested = await apply(manifest(group, 'new', weightedSpec(0, 100)));
      t.match(untested.said, 'smoke-test: green gains weight without a passed smoke test');
      t.same(await weights(group, 'tested'), [100, 0]);
    });
    for (const [way, { goBack, unasked }] of Object.entries(WAYS_BACK)) {
      t.test(`${group}: a rollback goes through at once by ${way}`, async (t) => {
        const [{ ok, said, took }, other] = await Promise.all([goBack(group, `back-by-${way}`), unasked(group)]);
        t.ok(ok, said);
        t.ok(other.ok, other.said);
        t.ok(took < TIMES * other.took + TIMEOUT_MS, `${took} ms, what no webhook is asked ${other.took}`);
        t.same(await weights(group, `back-by-${way}`), [100, 0]);
        const apart = 'the weights make blue active, the record green: the webhook did not see the last switch, by "';
        for (const look of ['status', 'history'])
          t.match(
            (await kubectl(['bluegreen', look, named(group, `back-by-${way}`)])).said.replace(/\s+/g, ' '),
            apart,
          );
      });
    }
    t.test(`${group}: a rollback that brings a forged smoke test is denied`, async (t) => {
      const annotations = { 'bluegreen.dev/smoke-test-record': '{"color":"green","revision":"x","images":[]}' };
      const { ok, said } = await patchByHand(group, 'forged', {
        metadata: { annotations },
        spec: weightedSpec(100, 0),
      });
      t.notOk(ok);
      t.match(said, 'record: bluegreen.dev/smoke-test-record is written by the webhook only');
    });
    t.test(`${group}: a freeze can be set and lifted, and holds`, async (t) => {
      const frozen = await kubectl(['bluegreen', 'freeze', named(group, 'tested'), '--reason=the webhook is down']);
      t.ok(frozen.ok, frozen.said);
      const { ok, said } = await patchByHand(group, 'tested', { spec: weightedSpec(0, 100) });
      t.notOk(ok);
      t.match(said, 'frozen: promotions are frozen: the webhook is down');
      const lifted = await kubectl(['bluegreen', 'unfreeze', named(group, 'tested')]);
      t.ok(lifted.ok, lifted.said);
    });
    t.test(`${group}: what moves no traffic is not held up`, async (t) => {
      const label = await kubectl(['label', named(group, 'live'), 'team=web']);
      t.ok(label.ok, label.said);
      const unrelated = await patchByHand(group, 'unrelated', { spec: weightedSpec(30, 60, ['a', 'b']) });
      t.ok(unrelated.ok, unrelated.said);
      t.ok((await apply(manifest(group, 'unrelated-new', weightedSpec(1, 2, ['a', 'b'])))).ok);
      t.ok((await kubectl(['delete', named(group, 'unrelated')])).ok);
    });
  }
  const note = await kubectl(['annotate', 'deployment/green', 'example.com/note=x']);
  t.ok(note.ok, 'nor are workloads');
});

t.test(
  'when the webhook is back, the rollback that it did not see is recorded with the time it was made',
  async (t) => {
    const before = Date.now();
    await scale(2);
    for (const group of GROUPS) {
      const object = await seenAgain(group, 'back-by-patch');
      const { active, previous, history } = readRecord(object);
      t.equal(active?.color, 'blue');
      t.equal(previous, null, 'there is no way back from a rollback');
      t.equal(annotation(object, 'bluegreen.dev/previous'), null);
      t.match(history.at(-1), { kind: 'unseen', from: 'green', to: 'blue', manager: 'kubectl-patch' });
      t.ok(Date.parse(history.at(-1)?.at ?? '') <= before, 'not the time of its discovery');
      const { ok, said } = await patchByHand(group, 'back-by-patch', { spec: weightedSpec(0, 100) });
      t.notOk(ok);
      t.match(said, 'smoke-test: green');
    }
  },
);

/** The host's process ids of the webhook's replicas. */
async function replicas(): Promise<readonly number[]> {
  const { body } = await client.call('GET', `/api/v1/namespaces/${RELEASE.namespace}/pods`);
  const uids = list(body['items']).map((pod) => text(at(pod, 'metadata', 'uid')) ?? '-');
  function runsNode(pid: string): boolean {
    try {
      const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').replaceAll('_', '-');
      return uids.some((uid) => groups.includes(uid)) && readlinkSync(`/proc/${pid}/exe`).endsWith('/node');
    } catch {
      return false;
    }
  }
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && runsNode(pid))
    .map(Number);
}

t.test('with every replica hanging', async (t) => {
  const pids = await replicas();
  t.equal(pids.length, 2);
  for (const group of GROUPS) {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    // Together, because a replica that hangs is taken out of service after some seconds.
    const [byPatch, byPlugin, promotion, bad, unrelated] = await Promise.all([
      patchByHand(group, 'hung-patch', { spec: weightedSpec(100, 0) }),
      kubectl(['bluegreen', 'rollback', named(group, 'hung-plugin')]),
      patchByHand(group, 'hung', { spec: weightedSpec(0, 100) }),
      patchByHand(group, 'live', { spec: weightedSpec(60, 30) }),
      patchByHand(group, 'unrelated-new', { spec: weightedSpec(3, 4, ['a', 'b']) }),
    ]);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    for (const { ok, said, took } of [byPatch, byPlugin]) {
      t.ok(ok, said);
      t.ok(took < promotion.took, `${group}: a rollback does not wait for the promotion webhook, too: ${took} ms`);
    }
    t.notOk(promotion.ok, `${group}: a promotion does not`);
    t.match(promotion.said, 'failed calling webhook "promotion.bluegreen.dev"');
    t.notOk(bad.ok);
    t.match(bad.said, 'weights-total: blue 60 + green 30 = 90, not 100');
    t.ok(unrelated.ok, unrelated.said);
    t.ok(unrelated.took < byPatch.took, `${group}: an unrelated TraefikService waits for nobody`);
    await rolledOut(cluster, RELEASE.namespace, RELEASE.name);
    t.same(await weights(group, 'hung-patch'), [100, 0]);
    t.same(await weights(group, 'hung-plugin'), [100, 0]);
    t.same(await weights(group, 'hung'), [100, 0]);
    t.match(readRecord(await seenAgain(group, 'hung-patch')).history.at(-1), { kind: 'unseen', to: 'blue' });
    const late = await patchByHand(group, 'hung', { spec: weightedSpec(0, 100) });
    t.ok(late.ok, `${group}: when they go on, so do promotions. ${late.said}`);
  }
});
