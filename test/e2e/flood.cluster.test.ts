// More reviews than a replica can look at: it stays in service, answers each of them, and lets none pass unseen.
import t from 'tap';
import type { Test } from 'tap';
import { at, get, list, number, parseObject, text } from '../../common/json.ts';
import { MAX_LOOKUPS } from '../../webhook/admission/concurrency-limit.ts';
import { postReview } from '../bench/reviews.ts';
import { installBluegreen, RELEASE } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { attack, ATTACKS } from './flood/attacks.ts';
import { flood } from './flood/promotions.ts';
import { replicas } from './audit/replicas.ts';
import { traefikService, weightedSpec } from '../objects.ts';

const CONNECTIONS = 2 * MAX_LOOKUPS;
/** As long as it takes the kubelet to find a pod not ready: two probes in a row without an answer. */
const FLOOD_MS = 5000;
const ATTACK_MS = 3000;
const here = ['-n', RELEASE.namespace] as const;

const cluster = await shareCluster(t, 'chart');
await installBluegreen(cluster, { replicaCount: '1', 'audit.interval': '0' });
const [pod = ''] = await replicas(cluster);

/** As the kubelet sees the pod. */
async function state(): Promise<{ readonly ip: string; readonly ready: unknown; readonly restarts: unknown }> {
  const object = parseObject(await cluster.kubectlOk([...here, 'get', 'pod', pod, '-o', 'json']));
  const ready = list(at(object, 'status', 'conditions')).find((condition) => get(condition, 'type') === 'Ready');
  return {
    ip: text(at(object, 'status', 'podIP')) ?? '',
    ready: { status: get(ready, 'status'), since: get(ready, 'lastTransitionTime') },
    restarts: at(list(at(object, 'status', 'containerStatuses'))[0], 'restartCount'),
  };
}

t.test('a flood of promotions', async (t) => {
  const before = await state();
  // To blue, which is not recorded as the way back: everything about both colors has to be looked up.
  const switching = postReview({ weights: [100, 0], entry: 'promotion' });
  const nowhere = (switching.body ?? '').replaceAll(
    '"bluegreen.dev/previous":"blue"',
    '"bluegreen.dev/previous":"none"',
  );
  const promotion = { ...switching, body: nowhere };
  const { replies, closed } = await flood({ host: before.ip, port: 10250 }, promotion, CONNECTIONS, FLOOD_MS);
  const verdicts = new Map<string, number>();
  for (const { status, body } of replies) {
    const response = parseObject(body)?.['response'];
    const answer =
      get(response, 'allowed') === true ? 'allowed' : `denied ${number(at(get(response, 'status'), 'code'))}`;
    const verdict = `${status} ${answer}`;
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  if (closed > 0) t.comment(`${closed} connections were closed over a request that came too slowly`);
  t.comment([...verdicts].map(([verdict, count]) => `${count} × ${verdict}`).join(', '));
  t.ok(replies.length > 2 * CONNECTIONS, `${replies.length} are answered`);
  t.same(
    [...verdicts.keys()].filter((verdict) => !/^200 denied (403|429|503)$/.test(verdict)),
    [],
    'each is denied: by a rule, or for the moment',
  );
  t.ok((verdicts.get('200 denied 429') ?? 0) > 0, 'some are told to come again, as there is no room to look');
  t.same(await state(), before, 'the kubelet has found it ready all the time');
  const events = await cluster.kubectlOk([...here, 'get', 'events', '-o', 'name', '--field-selector=reason=Killing']);
  t.equal(events.trim(), '', 'and ended nothing');
  await asksAsBefore(t);
});

/** A request of the API server's own is answered, in time. */
async function asksAsBefore(t: Test): Promise<void> {
  const manifest = traefikService({ name: 'shop' }, weightedSpec(60, 30));
  const { code, stderr } = await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(manifest) });
  t.not(code, 0);
  t.match(stderr, 'weights-total: blue 60 + green 30 = 90', 'the API server is answered as before');
}

for (const [name, what] of Object.entries(ATTACKS)) {
  t.test(`${what.connections} ${name}`, async (t) => {
    const before = await state();
    const attacker = await attack(before.ip, what);
    t.teardown(() => attacker.stop());
    const end = performance.now() + ATTACK_MS;
    while (performance.now() < end) await asksAsBefore(t);
    t.comment(`${attacker.opened} connections opened`);
    t.same(await state(), before, 'the kubelet has found it ready all the time, and it was not killed');
  });
}
