import t from 'tap';
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import { NOTHING_NAMED } from '../../../webhook/policy/index.ts';
import { pod, replicaSet, service, settled, slice, workload } from './cluster.ts';
import { FakeReader } from './fake-reader.ts';
import { QUERY, gather, read, names } from './gathered.ts';

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
