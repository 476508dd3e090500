import t from 'tap';
import type { Authority } from '../../certs/ca.ts';
import { foreignAuthority, inSec1 } from './foreign.ts';
import { bareWebhook, FakeStore } from './fake-store.ts';
import { Clock, distrusted, HOUR, Place, SECOND } from './replicas.ts';
import { allTrusted, authority, running, bundles } from './running.ts';

t.test('a first start makes a CA, a leaf, and fills every caBundle; a second look writes nothing', async (t) => {
  const place = new Place(new FakeStore());
  const { source, leaves } = place.start();
  t.match(source.status(), { ready: false, reason: /not been made/ });
  await source.sync();
  t.same(source.status(), { ready: true, reason: '' }, 'at once: there is no trust to lose');
  t.ok(allTrusted(place));
  t.same(bundles(place), [1]);
  const writes = place.store.writes.length;
  await source.sync();
  t.equal(place.store.writes.length, writes);
  t.equal(leaves.length, 1);
});

t.test('replicas that start at the same moment share one CA, each with a key of its own', async (t) => {
  const place = await running(3);
  t.equal(place.store.writes.filter((write) => write === 'updated').length, 1);
  t.same(bundles(place), [1]);
  t.ok(allTrusted(place));
  t.equal(new Set(place.replicas.map(({ leaves }) => leaves.at(-1)?.key)).size, 3);
});

t.test('a damaged Secret costs nobody a call: replicas go on, a new CA waits until it is trusted', async (t) => {
  const other = await authority(new Clock());
  const past = new Clock();
  past.pass(-3 * HOUR);
  const expired = await authority(past, HOUR);
  const damages: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['no key', { 'ca.crt': other.certificate }, /ca\.key is missing/],
    ['another key', { 'ca.crt': expired.certificate, 'ca.key': other.key }, /belongs to another/],
    ['rubbish', { 'ca.crt': 'rubbish', 'ca.key': 'rubbish' }, /cannot be read/],
    ['expired', { 'ca.crt': expired.certificate, 'ca.key': expired.key }, /expired/],
  ];
  for (const [what, damage, reason] of damages) {
    const place = await running(2);
    place.store.put(damage);
    await place.look();
    t.equal(place.replicas[0]?.leaves.length, 1, what);
    t.same(bundles(place), [2], what);
    const late = place.start();
    await place.look();
    t.match(late.source.status(), { ready: false, reason: /waiting for every API server/ }, what);
    t.ok(
      place.replicas.some(({ log }) => log.lines.some(({ fields }) => reason.test(JSON.stringify(fields)))),
      what,
    );
    await place.pass(61 * SECOND);
    t.ok(late.ready(), what);
    t.equal(place.replicas[0]?.leaves.length, 2, what);
    t.ok(allTrusted(place), what);
    await place.pass(70 * SECOND);
    t.same(bundles(place), [1], what);
  }
});

t.test(
  'a CA that no certificate can be issued from is told with its Secret, the reason and the way, and replaced',
  async (t) => {
    const start = new Clock().now();
    const foreign: readonly [string, Authority, RegExp][] = [
      ['RSA', await foreignAuthority('rsa', start), /ca\.crt cannot be used: its key is RSA, not EC P-256/],
      ['another curve', await foreignAuthority('p384', start), /its key is EC P-384, not EC P-256/],
      [
        'no signing',
        await foreignAuthority('p256', start, 'digitalSignature'),
        /it is not a CA certificate that may sign others/,
      ],
    ];
    for (const [what, { certificate, key }, reason] of foreign) {
      const place = await running(1);
      place.store.put({ 'ca.crt': certificate, 'ca.key': key });
      const late = place.start();
      await late.source.sync();
      t.match(late.source.status(), { ready: false, reason }, what);
      t.match(late.source.status().reason, /^Secret bluegreen\/ca: .*waiting for every API server/, what);
      t.match(
        late.log.lines.find(({ level }) => level === 'warn'),
        { fields: { secret: 'bluegreen/ca', problems: [reason], fix: /certificates\.source=existing/ } },
        what,
      );
      await place.look();
      await place.pass(61 * SECOND);
      t.same(late.source.status(), { ready: true, reason: '' }, what);
      t.ok(allTrusted(place), what);
    }
  },
);

t.test('a key in the form of openssl is used', async (t) => {
  const place = await running(1);
  const { certificate, key } = inSec1(await foreignAuthority('p256', place.clock.now()));
  t.match(key, 'BEGIN EC PRIVATE KEY');
  place.store.put({ 'ca.crt': certificate, 'ca.key': key });
  for (let look = 0; look < 4; look++) await place.pass(61 * SECOND);
  t.ok(place.first.ready());
  t.match(
    place.store.webhooks().map(({ caBundle }) => caBundle),
    [certificate.trim()],
  );
});

t.test('a Secret that was damaged while nobody served is replaced at once', async (t) => {
  const place = await running(1);
  place.first.alive = false;
  place.store.put({ 'ca.crt': 'rubbish', 'ca.key': 'rubbish' });
  const { source } = place.start();
  await source.sync();
  await source.sync();
  t.ok(source.status().ready);
  t.ok(allTrusted(place));
});

t.test('an empty Secret of a new installation is filled without alarm', async (t) => {
  const store = new FakeStore();
  store.put({});
  const place = await running(1, store);
  t.notOk(place.first.log.lines.some(({ level }) => level === 'warn'));
});

t.test('a caBundle that somebody overwrote is repaired, and counted', async (t) => {
  const place = await running(1);
  place.store.configure('validating', [bareWebhook('new.bluegreen.dev')]);
  await place.look();
  t.ok(place.first.ready());
  t.ok(allTrusted(place));
  t.same(place.first.events, ['repaired']);
});

t.test(
  'a foreign certificate in a caBundle goes when nobody serves by it, an expired one and rubbish at once',
  async (t) => {
    const place = await running(1);
    const foreign = await authority(place.clock);
    const { certificate: expired } = await authority(new Clock(), -HOUR / 2);
    place.store.overwrite(
      `${foreign.certificate}${expired}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    );
    await place.look();
    t.same(bundles(place), [2]);
    t.ok(allTrusted(place));
    await place.pass(70 * SECOND);
    t.same(bundles(place), [1]);
  },
);

t.test('an webhook that lets pass what it cannot ask is failClosed, also when only that was undone', async (t) => {
  const place = await running(1);
  place.store.configure(
    'validating',
    place.store.webhooks('validating').map((webhook) => ({ ...webhook, failClosed: false })),
  );
  const writes = place.store.writes.length;
  await place.look();
  t.same(place.store.writes.slice(writes), ['validating patched']);
  t.ok(place.store.webhooks().every(({ failClosed }) => failClosed));
  t.ok(place.first.ready());
});

t.test('a configuration that does not exist yet: not ready, with the reason, until it comes', async (t) => {
  const place = new Place(new FakeStore({ validating: null }));
  const { source } = place.start();
  await source.sync();
  t.match(source.status(), { ready: false, reason: /validating webhook configuration does not exist/ });
  place.store.configure('validating', [bareWebhook('b.bluegreen.dev')]);
  await source.sync();
  t.ok(source.status().ready);
});

t.test(
  'a cluster that cannot be asked: not ready with its reason, a provisional leaf; later all is well',
  async (t) => {
    const place = new Place(new FakeStore());
    place.store.down = new Error('cannot read Secret: connection refused');
    const { source, leaves } = place.start();
    await t.rejects(source.sync(), /connection refused/);
    await t.rejects(source.sync());
    t.equal(leaves.length, 1, 'one certificate to serve the reason with');
    t.match(source.status(), { ready: false, reason: /connection refused/ });
    place.store.down = null;
    await source.sync();
    t.ok(source.status().ready);
    t.ok(allTrusted(place));
    place.store.down = new Error('gone again');
    await t.rejects(source.sync());
    t.ok(source.status().ready, 'what was trusted still is');
  },
);

t.test('the leaf is renewed before two thirds of its life are over, and an expired one is not ready', async (t) => {
  const place = await running(1);
  const { source, leaves } = place.first;
  place.clock.pass(13 * HOUR);
  await source.sync();
  t.equal(leaves.length, 1);
  place.clock.pass(3 * HOUR + SECOND);
  await source.sync();
  t.equal(leaves.length, 2);
  t.ok(allTrusted(place));
  place.clock.pass(60 * HOUR);
  t.match(source.status(), { ready: false, reason: /expired/ });
});

t.test('replicas do not all renew at the same moment', async (t) => {
  const place = await running(8);
  const renewed = new Set<number>();
  for (let minutes = 0; minutes < 17 * 60; minutes += 10) {
    await place.pass(600 * SECOND, 600 * SECOND);
    renewed.add(place.replicas.filter(({ leaves }) => leaves.length > 1).length);
  }
  t.ok(renewed.has(8));
  t.ok(renewed.size > 2, [...renewed].join(' '));
});

t.test('a clock that is some minutes off, either way, costs nothing', async (t) => {
  for (const skew of [-20 * 60 * SECOND, 20 * 60 * SECOND]) {
    const place = await running(2);
    const clock = new Clock();
    clock.pass(skew);
    const off = place.start(place.store, clock);
    await place.look();
    t.ok(off.ready());
    t.same(distrusted(place.store, off, place.clock.now()), [], 'by the time of the others');
    place.store.requestRotation();
    for (let round = 0; round < 40; round++) {
      clock.pass(5 * SECOND);
      await place.pass(5 * SECOND);
      t.same(
        place.replicas.flatMap((each) => distrusted(place.store, each, place.clock.now())),
        [],
      );
    }
    t.same(bundles(place), [1]);
  }
});
