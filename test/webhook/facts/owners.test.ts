import t from 'tap';
import { createOwnerSearch, isOwner } from '../../../webhook/facts/owners.ts';
import type { WorkloadRef } from '../../../webhook/facts/owners.ts';
import { parseObjects } from '../../yaml.ts';
import { FakeReader } from './fake-reader.ts';

function owned(kind: string, name: string, by: string, apiVersion = 'apps/v1'): string {
  const [ownerKind, ownerName] = by.split('/');
  return `
kind: ${kind}
metadata:
  name: ${name}
  namespace: demo
  ownerReferences: [{apiVersion: ${apiVersion}, kind: ${ownerKind}, name: ${ownerName}, uid: u-${ownerName}, controller: true}]
---`;
}

async function chain(pod: string, source: string): Promise<readonly string[]> {
  const [object] = parseObjects(pod.replace(/---$/, ''));
  const search = createOwnerSearch(new FakeReader(source), 'demo', new AbortController().signal);
  return (await search(object ?? {})).map(({ group, kind, name }) => `${group}/${kind}/${name}`);
}

t.test('from a pod up to the root', async (t) => {
  const set = owned('ReplicaSet', 'blue-1', 'Deployment/blue');
  t.same(await chain(owned('Pod', 'p', 'ReplicaSet/blue-1'), set), ['apps/ReplicaSet/blue-1', 'apps/Deployment/blue']);
  t.same(await chain(owned('Pod', 'p', 'DaemonSet/blue'), ''), ['apps/DaemonSet/blue']);
  const made = set + owned('Deployment', 'blue', 'Shop/web', 'example.com/v1');
  t.same(await chain(owned('Pod', 'p', 'ReplicaSet/blue-1'), made), [
    'apps/ReplicaSet/blue-1',
    'apps/Deployment/blue',
    'example.com/Shop/web',
  ]);
  t.same(await chain(owned('Pod', 'p', 'ReplicationController/blue', 'v1'), ''), ['/ReplicationController/blue']);
  t.same(await chain('kind: Pod\nmetadata: {name: p}', ''), [], 'a pod of nobody');
});

t.test('owners that go round in a circle end', async (t) => {
  const circle = owned('ReplicaSet', 'a', 'ReplicaSet/b') + owned('ReplicaSet', 'b', 'ReplicaSet/a');
  t.equal((await chain(owned('Pod', 'p', 'ReplicaSet/a'), circle)).length, 4);
});

t.test('a workload is known by its uid, and without one by its kind and name', async (t) => {
  const rollout = { group: 'argoproj.io', kind: 'Rollout', name: 'shop', uid: 'u-1' };
  const ref: WorkloadRef = { group: 'argoproj.io', resource: 'rollouts', name: 'shop', uid: 'u-1' };
  t.ok(isOwner(rollout, ref));
  t.ok(isOwner(rollout, { ...ref, uid: null }));
  t.notOk(isOwner(rollout, { ...ref, uid: 'u-2' }), 'another one of that name');
  t.notOk(isOwner({ ...rollout, uid: null }, { ...ref, group: 'apps' }));
  t.notOk(isOwner({ ...rollout, uid: null }, { ...ref, resource: 'deployments' }));
});
