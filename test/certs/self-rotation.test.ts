// A CA takes the place of another while replicas serve, certs/rotation.ts.
import t from 'tap';
import { FakeStore } from './fake-store.ts';
import { HOUR, SECOND } from './replicas.ts';
import { allTrusted, authority, running, bundles } from './running.ts';

t.test('a rotation by hand: announced, promoted when every API server had time, the old CA dropped last', async (t) => {
  const place = await running(3);
  const old = place.store.secret?.data['ca.crt'];
  place.store.requestRotation();
  await place.look();
  t.equal(place.store.secret?.rotationRequested, false, 'the request is taken');
  t.equal(place.store.secret?.data['ca.crt'], old);
  t.same(bundles(place), [2]);
  await place.pass(55 * SECOND);
  t.equal(place.store.secret?.data['ca.crt'], old);
  t.equal(place.first.leaves.length, 1, 'the old chain is served until then');
  await place.pass(10 * SECOND);
  t.not(place.store.secret?.data['ca.crt'], old);
  t.same(Object.keys(place.store.secret?.data ?? {}), ['ca.crt', 'ca.key']);
  t.same(
    place.replicas.map(({ leaves }) => leaves.length),
    [2, 2, 2],
  );
  t.same(bundles(place), [2], 'the old CA goes on being trusted');
  await place.pass(70 * SECOND);
  t.same(bundles(place), [1]);
  t.ok(allTrusted(place));
});

t.test('a caBundle that somebody overwrites during a rotation starts its time anew', async (t) => {
  const place = await running(2);
  const old = place.store.secret?.data['ca.crt'] ?? '';
  place.store.requestRotation();
  await place.pass(50 * SECOND);
  place.store.overwrite(old);
  await place.pass(50 * SECOND);
  t.equal(place.store.secret?.data['ca.crt'], old);
  t.same(bundles(place), [2]);
  await place.pass(20 * SECOND);
  t.not(place.store.secret?.data['ca.crt'], old);
  t.ok(allTrusted(place));
});

t.test('a second request during a rotation puts another CA in the place of the one that waits', async (t) => {
  const place = await running(2);
  place.store.requestRotation();
  await place.pass(30 * SECOND);
  const first = place.store.secret?.data['next.crt'];
  place.store.requestRotation();
  await place.pass(40 * SECOND);
  t.not(place.store.secret?.data['next.crt'], first);
  t.ok(place.store.secret?.data['next.crt'], 'and that one is given its time');
  await place.pass(30 * SECOND);
  t.equal(place.store.secret?.data['next.crt'], undefined);
  await place.pass(70 * SECOND);
  t.same(bundles(place), [1]);
  t.ok(allTrusted(place));
});

t.test('a replica that starts in any phase serves by what is trusted, at once', async (t) => {
  const place = await running(2);
  place.store.requestRotation();
  await place.look();
  for (let phase = 0; phase < 14; phase++) {
    const replica = place.start();
    await replica.source.sync();
    t.ok(replica.ready(), `${phase * 10} s after the request`);
    await place.pass(10 * SECOND);
    t.ok(allTrusted(place));
  }
});

t.test('a replica that is cut off keeps the old CA trusted until it is back', async (t) => {
  const place = await running(2);
  const offline = new FakeStore();
  const cut = place.start();
  await cut.source.sync();
  place.unreachable.add(cut.address);
  place.store.requestRotation();
  await place.pass(300 * SECOND);
  t.same(bundles(place), [2]);
  t.ok(
    place.first.log.lines.some(({ fields }) => JSON.stringify(fields).includes(`${cut.address} (does not answer)`)),
    'and the log says whom it waits for',
  );
  place.unreachable.clear();
  await place.pass(120 * SECOND);
  t.same(bundles(place), [1]);
  t.equal(offline.writes.length, 0);
});

t.test('a deleted Secret is made again with a new CA; what is served by meanwhile stays trusted', async (t) => {
  const place = await running(3);
  place.store.secret = null;
  await place.look();
  t.equal(place.store.secret, null, 'it waits for a moment');
  t.ok(allTrusted(place));
  await place.pass(2 * SECOND);
  t.ok(place.store.secret);
  t.same(bundles(place), [2]);
  t.equal(place.first.leaves.length, 1);
  place.store.overwrite('');
  await place.look();
  t.ok(allTrusted(place), 'also when the caBundles are emptied at that time');
  t.same(bundles(place), [2]);
  await place.pass(150 * SECOND);
  t.same(bundles(place), [1]);
  t.equal(place.first.leaves.length, 2);
  t.ok(allTrusted(place));
});

t.test('a CA that somebody puts into the Secret takes over in two phases, too', async (t) => {
  const place = await running(2);
  const { certificate, key } = await authority(place.clock);
  place.store.put({ 'ca.crt': certificate, 'ca.key': key });
  const late = place.start();
  await place.look();
  t.notOk(late.ready(), 'a new replica waits');
  t.equal(place.first.leaves.length, 1);
  t.same(bundles(place), [2]);
  await place.pass(61 * SECOND);
  t.equal(place.store.secret?.data['ca.crt'], certificate);
  t.ok(late.ready());
  await place.pass(70 * SECOND);
  t.same(bundles(place), [1]);
  t.ok(allTrusted(place));
});

t.test('a rotation that comes with time, while replicas are killed and started', async (t) => {
  const place = await running(3);
  await place.pass(600 * HOUR, 4 * HOUR);
  const old = place.store.secret?.data['ca.crt'];
  await place.pass(67 * HOUR, HOUR);
  t.ok(place.store.secret?.data['next.crt'] ?? place.store.secret?.data['ca.crt'] !== old);
  for (const replica of place.replicas.slice()) {
    replica.alive = false;
    place.start();
    await place.pass(40 * SECOND);
    t.ok(allTrusted(place));
  }
  await place.pass(200 * SECOND);
  t.not(place.store.secret?.data['ca.crt'], old);
  t.same(bundles(place), [1]);
  t.equal(place.replicas.filter((each) => each.ready()).length, 3);
});
