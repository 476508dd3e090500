import t from 'tap';
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import { NOTHING_NAMED } from '../../../webhook/policy/index.ts';
import type { Color, ColorFacts, Facts, Group, NamedKind } from '../../../webhook/policy/index.ts';
import { pod, replicaSet, service, settled, slice, workload } from './cluster.ts';
import { slimPod } from '../../../webhook/facts/slim-pod.ts';
import type { JsonObject } from '../../../common/json.ts';
import { FakeReader } from './fake-reader.ts';

const PAIR = { blue: 'blue', green: 'green' };
const QUERY = { group: 'traefik.io', namespace: 'demo', pair: PAIR, named: [], revisions: [] } as const;

/** Keeps of the pods what the webhook keeps of them. */
class SlimReader extends FakeReader {
  override async listPods(...asked: Parameters<FakeReader['listPods']>): Promise<readonly JsonObject[]> {
    return (await super.listPods(...asked)).map(slimPod);
  }
  override async peekPods(...asked: Parameters<FakeReader['peekPods']>): Promise<readonly (readonly JsonObject[])[]> {
    return (await super.peekPods(...asked)).map((pods) => pods.map(slimPod));
  }
}

function gather(source: string): Promise<Facts> {
  return gatherFacts(new SlimReader(source), QUERY, new AbortController().signal);
}

async function read(source: string, color: Color = 'green'): Promise<ColorFacts> {
  const facts = await gather(source);
  if (!facts.known) throw new Error(facts.reason);
  return facts[color];
}

function color(name: string) {
  return {
    service: {
      ports: [
        { name: 'http', port: 80 },
        { name: null, port: 9898 },
      ],
      hasSelector: true,
      external: false,
      headless: false,
      nodePort: false,
    },
    readyEndpoints: 1,
    servers: { http: 1, '': 1 },
    revisions: [{ name: 'h1', images: ['busybox:1', 'podinfo:6.1.5'], imageIDs: ['podinfo@sha256:podinfo-6.1.5'] }],
    workload: { kind: 'Deployment', name, images: ['podinfo:6.1.5'], replicas: 1, unsettled: null },
  };
}

async function unsettled(look: Parameters<typeof workload>[1]) {
  const base = service('green') + slice('green', 'green-1') + pod('green-1', { color: 'green' });
  return (await read(base + replicaSet('green') + workload('green', look))).workload?.unsettled;
}

function set(status: string) {
  return workload('green', { kind: 'StatefulSet', status });
}

function names({ revisions }: ColorFacts) {
  return revisions.map(({ name }) => name);
}

t.test('reads the pods behind both colors', async (t) => {
  const facts = await gather(settled('blue') + settled('green'));
  t.same(facts, {
    known: true,
    blue: color('blue'),
    green: color('green'),
    named: NOTHING_NAMED,
    samePods: null,
  });
});

t.test('a Service that does not exist is a fact', async (t) => {
  const green = await read(settled('blue'));
  t.equal(green.service, null);
  t.equal(green.readyEndpoints, 0);
});

t.test('a DaemonSet is a workload, settled when its controller has updated the pod of every node', async (t) => {
  const behind = service('green') + slice('green', 'green-1');
  const own = pod('green-1', { color: 'green', owner: 'DaemonSet/green', hashLabel: 'controller-revision-hash' });
  async function seen(status: string) {
    const set = workload('green', { kind: 'DaemonSet', spec: 'minReadySeconds: 0', status });
    return (await read(behind + own + set)).workload;
  }
  const counted = 'observedGeneration: 3, desiredNumberScheduled: 1, currentNumberScheduled: 1';
  t.match(await seen(`${counted}, updatedNumberScheduled: 1`), { kind: 'DaemonSet', replicas: 1, unsettled: null });
  t.match(await seen(counted), { unsettled: 'is rolling out (0 of 1 pods are updated)' });
  t.match(await seen('observedGeneration: 2'), { unsettled: 'has a change that its controller has not seen yet' });
});

t.test('terminating endpoints count neither as ready nor as a revision', async (t) => {
  const green = await read(settled('green') + slice('green', 'old-1!') + pod('old-1', { color: 'green', hash: 'h0' }));
  t.equal(green.readyEndpoints, 1);
  t.same(names(green), ['h1']);
});

t.test('a pod that is not ready is none, even if publishNotReadyAddresses makes its endpoint ready', async (t) => {
  for (const ready of ['False', 'Unknown', 'none']) {
    const base = service('green') + slice('green', 'green-1') + pod('green-1', { color: 'green', ready });
    const green = await read(base + replicaSet('green') + workload('green'));
    t.equal(green.readyEndpoints, 0, ready);
    t.same(names(green), ['h1'], 'its revision is known all the same');
  }
  const mixed = slice('green', 'green-2', 'gone') + pod('green-2', { color: 'green', ready: 'False' });
  t.equal((await read(settled('green') + mixed)).readyEndpoints, 2, 'where no pod is listed, the endpoint counts');
});

t.test('an endpoint that is not ready is none, whatever its pod says', async (t) => {
  t.equal((await read(service('green') + slice('green', 'a?') + pod('a', { color: 'green' }))).readyEndpoints, 0);
});

t.test('endpoints of several slices are taken together; one that is not ready still has a revision', async (t) => {
  const green = await read(
    settled('green') + slice('green', 'green-2?') + pod('green-2', { color: 'green', hash: 'h2' }),
  );
  t.equal(green.readyEndpoints, 1);
  t.same(names(green), ['h1', 'h2']);
});

t.test('the same hash with another image is another revision', async (t) => {
  const green = await read(
    settled('green') + slice('green', 'green-2') + pod('green-2', { color: 'green', image: 'podinfo:patched' }),
  );
  t.same(names(green), ['h1', 'h1']);
});

t.test('an endpoint that is no pod of the Service is a revision of its own', async (t) => {
  t.same(names(await read(settled('green') + slice('green', '-'))), ['h1', 'unknown']);
  const stranger = pod('stranger', { color: 'red' });
  t.same(names(await read(settled('green') + slice('green', 'stranger') + stranger)), ['h1', 'unknown']);
  t.same(names(await read(settled('green') + slice('green', 'gone'))), ['h1', 'unknown']);
  t.same(names(await read(service('green') + slice('green', '-'))), [], 'alone they are no revision to attest');
});

t.test('pods that match the selector without being endpoints are none of its revisions', async (t) => {
  t.same(names(await read(settled('green') + pod('pending', { color: 'green', hash: 'h2' }))), ['h1']);
});

t.test('a Service without a selector has endpoints and no revision', async (t) => {
  for (const spec of ['{ports: [{port: 80}]}', '{selector: {}, ports: [{port: 80}]}']) {
    const green = await read(
      `kind: Service\nmetadata: {name: green, namespace: demo}\nspec: ${spec}\n---` + slice('green', '-'),
    );
    t.match(green.service, { ports: [{ name: null, port: 80 }], hasSelector: false, external: false });
    t.equal(green.readyEndpoints, 1);
    t.same(green.revisions, []);
    t.equal(green.workload, null);
  }
});

t.test('a Deployment is settled when its controller has seen it and all replicas are the new ones', async (t) => {
  t.equal(await unsettled({}), null);
  t.match(await unsettled({ generation: 4 }), 'has not seen yet');
  t.match(await unsettled({ spec: 'paused: true' }), 'is paused');
  t.match(await unsettled({ status: 'observedGeneration: 3, replicas: 2, updatedReplicas: 1' }), 'is rolling out');
  t.match(await unsettled({ spec: 'replicas: 2' }), 'is rolling out');
  t.match(await unsettled({ status: 'observedGeneration: 3' }), 'is rolling out');
  t.equal(await unsettled({ spec: 'minReadySeconds: 1' }), null, 'replicas left out means 1');
});

t.test('a StatefulSet tells its revision by its own label', async (t) => {
  const base =
    service('green') +
    slice('green', 'green-0') +
    pod('green-0', {
      color: 'green',
      owner: 'StatefulSet/green',
      hashLabel: 'controller-revision-hash',
      hash: 'green-77',
    });
  const done = 'observedGeneration: 3, replicas: 1, updatedReplicas: 1, ';
  const green = await read(base + set(`${done} currentRevision: a, updateRevision: a`));
  t.same(names(green), ['green-77']);
  t.match(green.workload, { kind: 'StatefulSet', unsettled: null });
  const onDelete = await read(base + set(`${done} currentRevision: a, updateRevision: b`));
  t.equal(onDelete.workload?.unsettled, null, 'with OnDelete, currentRevision never follows');
  const rolling = await read(base + set('observedGeneration: 3, replicas: 1, currentRevision: a, updateRevision: b'));
  t.match(rolling.workload?.unsettled, 'is rolling out');
});

t.test('a bare ReplicaSet names its pods', async (t) => {
  const green = await read(
    service('green') +
      slice('green', 'green-1') +
      pod('green-1', { color: 'green', owner: 'ReplicaSet/green-h1', hashLabel: 'none' }) +
      replicaSet('green', 'h1', 1, 'none/x'),
  );
  t.same(names(green), ['green-h1']);
  t.match(green.workload, { kind: 'ReplicaSet', name: 'green-h1', unsettled: null });
});

t.test('pods of nobody have one name together', async (t) => {
  const green = await read(
    service('green') + slice('green', 'a') + pod('a', { color: 'green', owner: 'none/x', hashLabel: 'none' }),
  );
  t.same(names(green), ['unmanaged']);
  t.equal(green.workload, null);
});

t.test('a color scaled to 0 is found by the ReplicaSet of its latest rollout', async (t) => {
  const green = await read(
    service('green') +
      slice('green') +
      replicaSet('green', 'h9', 9) +
      replicaSet('green', 'h10', 10) +
      workload('green', { image: 'podinfo:next', spec: 'replicas: 0', status: 'observedGeneration: 3' }),
  );
  t.same(green.revisions, []);
  t.match(green.workload, { name: 'green', images: ['podinfo:next'], replicas: 0, unsettled: null });
});

t.test('two workloads behind one Service are settled only when both are', async (t) => {
  const green = await read(
    settled('green') +
      slice('green', 'canary-1') +
      pod('canary-1', { color: 'green', owner: 'ReplicaSet/canary-h1' }) +
      replicaSet('canary') +
      workload('canary', { spec: 'paused: true' }),
  );
  t.same(names(green), ['h1'], 'the same template has the same hash');
  t.match(green.workload, { name: 'canary', unsettled: 'is paused' });
});

t.test('what cannot be read makes the facts unknown, with the reason', async (t) => {
  const kinds = ['Service', 'EndpointSlice', 'Pod', 'ReplicaSet', 'Deployment'];
  for (const kind of kinds) {
    const reader = new FakeReader(settled('blue') + settled('green'), async (asked) => {
      if (asked === kind) throw new Error(`${kind} is forbidden`);
    });
    const facts = await gatherFacts(reader, QUERY, new AbortController().signal);
    t.same(facts, { known: false, reason: `${kind} is forbidden` });
  }
});

t.test('a deadline ends the look-up', async (t) => {
  const reader = new FakeReader(
    settled('blue'),
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  );
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(), 5);
  const facts = await gatherFacts(reader, QUERY, deadline.signal);
  t.same(facts, { known: false, reason: 'the API server did not answer in time' });
});

t.test('what a reader throws is never thrown on', async (t) => {
  const thrown: unknown = 'just text';
  const reader = new FakeReader('', async () => {
    throw thrown;
  });
  t.same(await gatherFacts(reader, QUERY, new AbortController().signal), { known: false, reason: 'just text' });
});

t.test('objects without any of the expected fields are read as empty', async (t) => {
  const source = ['Service', 'EndpointSlice', 'Pod', 'ReplicaSet', 'Deployment']
    .map(
      (kind) => `kind: ${kind}\nmetadata: {name: green, namespace: demo, labels: {kubernetes.io/service-name: green}}`,
    )
    .join('\n---\n');
  const green = await read(source);
  t.same(green, {
    service: { ports: [], hasSelector: false, external: false, headless: false, nodePort: false },
    readyEndpoints: 0,
    servers: {},
    revisions: [],
    workload: null,
  });
});

t.test('both colors are asked at once, and nothing twice', async (t) => {
  const reader = new FakeReader(settled('blue') + settled('green'));
  await gatherFacts(reader, QUERY, new AbortController().signal);
  t.same(reader.calls.slice(0, 3).sort(), ['EndpointSlice', 'Service', 'Service']);
  t.same(reader.calls.slice(3, 6).sort(), ['EndpointSlice', 'EndpointSlice', 'Pod']);
  t.equal(reader.calls.length, 10);
});

t.test('with the revisions that they run, two steps do', async (t) => {
  const reader = new FakeReader(settled('blue') + settled('green'));
  const facts = await gatherFacts(reader, { ...QUERY, revisions: ['h1'] }, new AbortController().signal);
  t.same(facts, await gather(settled('blue') + settled('green')));
  const [first, second] = [reader.calls.slice(0, 4), reader.calls.slice(4)];
  t.same(first.sort(), ['EndpointSlice', 'ReplicaSet', 'Service', 'Service']);
  t.same(second.sort(), ['Deployment', 'Deployment', 'EndpointSlice', 'EndpointSlice', 'Pod']);
});

t.test('revisions of many ReplicaSets, and of none, are no help and no harm', async (t) => {
  const others = ['a', 'b', 'c', 'd', 'e'].map((name) => replicaSet(name)).join('');
  const source = settled('blue') + settled('green') + others;
  for (const revisions of [['h1'], ['none'], ['not a label!']]) {
    const facts = await gatherFacts(new FakeReader(source), { ...QUERY, revisions }, new AbortController().signal);
    t.same(facts, await gather(source));
  }
});

t.test('many pods are listed, by pages, as they are now', async (t) => {
  const many = Array.from({ length: 101 }, (_, index) => `green-${index}`);
  const pods = many.map((name) => pod(name, { color: 'green' })).join('');
  const reader = new FakeReader(
    settled('blue') + service('green') + slice('green', ...many) + pods,
    async () => {},
    '',
  );
  const facts = await gatherFacts(reader, QUERY, new AbortController().signal);
  t.match(facts, { known: true, green: { readyEndpoints: 101, revisions: { length: 1 } } });
});

t.test('a ReplicaSet and the Deployment that its name tells of are asked for together', async (t) => {
  const reader = new FakeReader(settled('blue') + settled('green'));
  await gatherFacts(reader, QUERY, new AbortController().signal);
  t.same(reader.calls.slice(6).sort(), ['Deployment', 'Deployment', 'ReplicaSet', 'ReplicaSet']);
});

t.test('a ReplicaSet whose name tells of another Deployment than its owner', async (t) => {
  const owned = replicaSet('green', 'h1', 1, 'Deployment/shop');
  const green = await read(
    service('green') +
      slice('green', 'green-1') +
      pod('green-1', { color: 'green' }) +
      owned +
      workload('green') +
      workload('shop'),
  );
  t.equal(green.workload?.name, 'shop');
});

t.test('addresses that Traefik sends requests to, by the names of ports', async (t) => {
  const { servers } = await read(service('green') + slice('green', 'a', 'b!', 'c?') + slice('green', 'a', '-'));
  t.same(servers, { http: 3, '': 3 }, 'each once, an unready one that serves too, none that terminates');
});

async function kind(spec: string) {
  return (await read(`kind: Service\nmetadata: {name: green, namespace: demo}\nspec: ${spec}`)).service;
}

t.test('a Service as Traefik tells kinds of it apart', async (t) => {
  t.match(await kind('{clusterIP: None}'), { headless: true, external: false, nodePort: false });
  t.match(await kind('{type: ExternalName, externalName: example.com}'), { headless: false, external: true });
  t.match(await kind('{type: NodePort, clusterIP: 10.0.0.1}'), { headless: false, nodePort: true });
  t.match(await kind('{ports: [{port: 8443, appProtocol: https}]}'), { ports: [{ port: 8443, appProtocol: 'https' }] });
});

function serversTransport(group: string, name: string): string {
  return `apiVersion: ${group}/v1alpha1\nkind: ServersTransport\nmetadata: {name: ${name}, namespace: demo}\n---\n`;
}

t.test("Traefik's own objects are read where an entry names such, as each version of Traefik reads them", async (t) => {
  const source = `${serversTransport('traefik.io', 'new')}${serversTransport('traefik.containo.us', 'old')}`;
  const named: readonly NamedKind[] = ['ServersTransport'];
  async function names(group: Group) {
    const reader = new FakeReader(source);
    const facts = await gatherFacts(reader, { ...QUERY, group, named }, new AbortController().signal);
    return facts.known ? facts.named : null;
  }
  t.same(await names('traefik.io'), { ServersTransport: ['new'], Middleware: null });
  t.same(await names('traefik.containo.us'), { ServersTransport: ['old', 'new'], Middleware: null });
});

t.test('where they may not be read, nothing is known of them and the rest is', async (t) => {
  const reader = new FakeReader(settled('blue') + settled('green'), async (kind) => {
    if (kind === 'ServersTransport') throw new Error('forbidden');
  });
  const query = { ...QUERY, named: ['ServersTransport'] } as const;
  t.match(await gatherFacts(reader, query, new AbortController().signal), { known: true, named: NOTHING_NAMED });
});
