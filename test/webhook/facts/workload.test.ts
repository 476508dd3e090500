import t from 'tap';
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import { pod, replicaSet, service, settled, slice, workload } from './cluster.ts';
import { FakeReader } from './fake-reader.ts';
import { QUERY, read, names } from './gathered.ts';

async function unsettled(look: Parameters<typeof workload>[1]) {
  const base = service('green') + slice('green', 'green-1') + pod('green-1', { color: 'green' });
  return (await read(base + replicaSet('green') + workload('green', look))).workload?.unsettled;
}

function set(status: string) {
  return workload('green', { kind: 'StatefulSet', status });
}

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
