import { webcrypto } from 'node:crypto';
import t from 'tap';
import { authorityData, createAuthority } from '../../certs/ca.ts';
import { createSelfSource } from '../../certs/self.ts';
import type { SelfSource } from '../../certs/self.ts';
import { serviceNames } from '../../certs/serving.ts';
import type { Leaf } from '../../certs/serving.ts';
import { verifyLeaf } from '../../certs/verify.ts';
import { recordingLog } from '../webhook/parts.ts';
import { FakeStore } from './fake-store.ts';

const HOUR = 3_600_000;
const NAMES = serviceNames('hook', 'bluegreen', 'cluster.local');

function replica(store: FakeStore, clock = { now: new Date() }) {
  const leaves: Leaf[] = [];
  const log = recordingLog();
  const source: SelfSource = createSelfSource({
    store,
    tools: { now: () => clock.now, crypto: webcrypto },
    log,
    names: NAMES,
    caLifetimeMs: 1000 * HOUR,
    leafLifetimeMs: 24 * HOUR,
    onLeaf: (leaf) => leaves.push(leaf),
  });
  return { source, leaves, log, clock };
}

function trusted(store: FakeStore, leaf: Leaf | undefined, now = new Date()): boolean {
  const entries = [...(store.bundles.mutating ?? []), ...(store.bundles.validating ?? [])];
  return (
    leaf !== undefined &&
    entries.every(({ caBundle }) => verifyLeaf(leaf.certificate, { caBundle, names: NAMES, now }).length === 0)
  );
}

t.test('a first start makes a CA, a leaf, and fills every caBundle; a second look writes nothing', async (t) => {
  const store = new FakeStore();
  const { source, leaves } = replica(store);
  t.match(source.status(), { ready: false, reason: /not been made/ });
  await source.sync();
  t.same(source.status(), { ready: true, reason: '' });
  t.ok(trusted(store, leaves[0]));
  const writes = store.writes.length;
  await source.sync();
  t.equal(store.writes.length, writes);
  t.equal(leaves.length, 1);
});

t.test('replicas that start at the same moment share one CA, each with a key of its own', async (t) => {
  const store = new FakeStore();
  const replicas = Array.from({ length: 3 }, () => replica(store));
  await Promise.all(replicas.map(({ source }) => source.sync()));
  t.equal(store.writes.filter((write) => write === 'created').length, 1);
  for (const { source, leaves } of replicas) {
    t.ok(source.status().ready);
    t.ok(trusted(store, leaves[0]));
  }
  t.equal(new Set(replicas.map(({ leaves }) => leaves[0]?.key)).size, 3);
});

t.test('a damaged Secret is replaced once, by one of the replicas, and that is logged', async (t) => {
  const good = await createAuthority({ now: () => new Date(), crypto: webcrypto }, HOUR);
  const other = await createAuthority({ now: () => new Date(), crypto: webcrypto }, HOUR);
  const expired = await createAuthority({ now: () => new Date(Date.now() - 3 * HOUR), crypto: webcrypto }, HOUR);
  const damaged: readonly [string, Record<string, string>, RegExp][] = [
    ['no key', { 'ca.crt': good.certificate }, /ca\.key is missing/],
    ['another key', { 'ca.crt': good.certificate, 'ca.key': other.key }, /not the key/],
    ['rubbish', { 'ca.crt': 'rubbish', 'ca.key': 'rubbish' }, /./],
    ['expired', authorityData(expired), /expired/],
  ];
  for (const [what, data, reason] of damaged) {
    const store = new FakeStore();
    store.put(data);
    const replicas = [replica(store), replica(store)];
    await Promise.all(replicas.map(({ source }) => source.sync()));
    t.equal(store.writes.filter((write) => write === 'updated').length, 1, what);
    for (const { source, leaves, log } of replicas) {
      t.ok(source.status().ready, what);
      t.ok(trusted(store, leaves.at(-1)), what);
      t.ok(
        log.lines.some(({ level, fields }) => level === 'warn' && reason.test(JSON.stringify(fields))),
        what,
      );
    }
  }
});

t.test('an empty Secret is filled without alarm', async (t) => {
  const store = new FakeStore();
  store.put({});
  const { source, log } = replica(store);
  await source.sync();
  t.ok(source.status().ready);
  t.notOk(log.lines.some(({ level }) => level === 'warn'));
});

t.test('a replaced CA reaches a replica that already runs', async (t) => {
  const store = new FakeStore();
  const { source, leaves } = replica(store);
  await source.sync();
  const next = await createAuthority({ now: () => new Date(), crypto: webcrypto }, HOUR);
  store.put(authorityData(next));
  await source.sync();
  t.equal(leaves.length, 2);
  t.ok(trusted(store, leaves[1]));
});

t.test('a caBundle that somebody overwrote is repaired', async (t) => {
  const store = new FakeStore();
  const { source, leaves } = replica(store);
  await source.sync();
  store.bundles.validating = [{ webhook: 'new.bluegreen.dev', caBundle: '', armed: true }];
  await source.sync();
  t.ok(source.status().ready);
  t.ok(trusted(store, leaves[0]));
});

t.test('an entry that lets pass what it cannot ask is armed, also when only that was undone', async (t) => {
  const store = new FakeStore();
  const { source } = replica(store);
  await source.sync();
  store.bundles.validating = (store.bundles.validating ?? []).map((entry) => ({ ...entry, armed: false }));
  const writes = store.writes.length;
  await source.sync();
  t.same(store.writes.slice(writes), ['validating patched']);
  t.ok(store.bundles.validating?.every(({ armed }) => armed));
  t.ok(source.status().ready);
});

t.test('a configuration that does not exist yet: not ready, with the reason, until it comes', async (t) => {
  const store = new FakeStore({ validating: null });
  const { source } = replica(store);
  await source.sync();
  t.match(source.status(), { ready: false, reason: /validating webhook configuration does not exist/ });
  store.bundles.validating = [{ webhook: 'b.bluegreen.dev', caBundle: '', armed: true }];
  await source.sync();
  t.ok(source.status().ready);
});

t.test(
  'a cluster that cannot be asked: not ready with its reason, a provisional leaf; later all is well',
  async (t) => {
    const store = new FakeStore();
    store.down = new Error('cannot read Secret: connection refused');
    const { source, leaves } = replica(store);
    await t.rejects(source.sync(), /connection refused/);
    await t.rejects(source.sync());
    t.equal(leaves.length, 1, 'one certificate to serve the reason with');
    t.match(source.status(), { ready: false, reason: /connection refused/ });
    store.down = null;
    await source.sync();
    t.ok(source.status().ready);
    t.ok(trusted(store, leaves[1]));
    store.down = new Error('gone again');
    await t.rejects(source.sync());
    t.ok(source.status().ready, 'what was trusted still is');
  },
);

t.test('the leaf is renewed after two thirds of its life, and an expired one is not ready', async (t) => {
  const store = new FakeStore();
  const start = new Date();
  const { source, leaves, clock } = replica(store, { now: start });
  await source.sync();
  clock.now = new Date(start.getTime() + 15 * HOUR);
  await source.sync();
  t.equal(leaves.length, 1);
  clock.now = new Date(start.getTime() + 17 * HOUR);
  await source.sync();
  t.equal(leaves.length, 2);
  t.ok(trusted(store, leaves[1], clock.now));
  clock.now = new Date(start.getTime() + 60 * HOUR);
  t.match(source.status(), { ready: false, reason: /expired/ });
});
