import { webcrypto } from 'node:crypto';
import t from 'tap';
import { splitBundle } from '../../certs/bundle.ts';
import { createAuthority } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';
import { createMountedSource } from '../../certs/mounted.ts';
import type { MountedSourceOptions } from '../../certs/mounted.ts';
import type { CertificateFiles } from '../../certs/pair.ts';
import { issueLeaf } from '../../certs/serving.ts';
import type { CertificateSource, ServingCertificate } from '../../certs/source.ts';
import type { Peer } from '../../certs/store.ts';
import { verifyLeaf } from '../../certs/verify.ts';
import { recordingLog } from '../webhook/recording-log.ts';
import { FakeStore } from './fake-store.ts';
import { Clock, HOUR, SECOND } from './replicas.ts';

const NAME = 'hook.bluegreen.svc';

interface Mounted {
  readonly source: CertificateSource;
  readonly served: ServingCertificate[];
  readonly events: string[];
  /** What the kubelet put into this replica's folder. */
  files: CertificateFiles;
}

/** Replicas with a folder each, and the cluster that they share. */
class Room {
  readonly store = new FakeStore();
  readonly clock = new Clock();
  readonly replicas: Mounted[] = [];
  readonly bundles: MountedSourceOptions['bundles'];

  constructor(bundles: MountedSourceOptions['bundles']) {
    this.bundles = bundles;
  }

  start(files: CertificateFiles): Mounted {
    const served: ServingCertificate[] = [];
    const events: string[] = [];
    const source = createMountedSource({
      store: this.store,
      peers: { serving: () => this.#serving() },
      tools: { now: this.clock.now, elapsed: this.clock.elapsed, crypto: webcrypto },
      log: recordingLog(),
      events: {
        onServing: (pair) => void served.push(pair),
        onAuthority: () => {},
        onRepair: () => void events.push('repaired'),
        onUnusable: () => void events.push('unusable'),
      },
      name: NAME,
      settleMs: 60 * SECOND,
      read: () => Promise.resolve(replica.files),
      bundles: this.bundles,
    });
    const replica: Mounted = { source, served, events, files };
    this.replicas.push(replica);
    return replica;
  }

  async look(): Promise<readonly string[]> {
    const outcomes = await Promise.allSettled(this.replicas.map(({ source }) => source.sync()));
    return outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : ''));
  }

  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 5 * SECOND) {
      this.clock.pass(5 * SECOND);
      await this.look();
    }
  }

  /** How many CAs the webhooks trust. */
  trusted(): readonly number[] {
    return [...new Set(this.store.webhooks().map(({ caBundle }) => splitBundle(caBundle).length))];
  }

  /** Whether every ready replica is trusted by every webhook. */
  allTrusted(): boolean {
    const now = this.clock.now();
    return this.replicas
      .filter(({ source }) => source.status().ready)
      .every(({ served }) =>
        this.store
          .webhooks()
          .every(
            ({ caBundle }) =>
              verifyLeaf(served.at(-1)?.certificate ?? '', { caBundle, names: [NAME], now }).length === 0,
          ),
      );
  }

  authority(lifetimeMs = 1000 * HOUR): Promise<Authority> {
    return createAuthority({ now: this.clock.now, crypto: webcrypto }, lifetimeMs);
  }

  async files(authority: Authority, lifetimeMs = 100 * HOUR, names = [NAME]): Promise<CertificateFiles> {
    const { certificate, key } = await issueLeaf(
      { now: this.clock.now, crypto: webcrypto },
      authority,
      names,
      lifetimeMs,
    );
    return { certificate, key, authorities: authority.certificate };
  }

  #serving(): Promise<readonly Peer[]> {
    const ready = this.replicas.filter(({ source }) => source.status().ready);
    return Promise.resolve(
      ready.map(({ served }, index) => ({ address: `10.0.0.${index}`, chain: served.at(-1)?.certificate ?? null })),
    );
  }
}

t.test('a certificate that lies there is served at once, and its CA written into the caBundles', async (t) => {
  const room = new Room('from-secret');
  const { source, served } = room.start(await room.files(await room.authority()));
  t.match(source.status(), { ready: false, reason: /not been read/ });
  await source.sync();
  t.same(source.status(), { ready: true, reason: '' });
  t.equal(served.length, 1);
  t.ok(room.allTrusted());
  const writes = room.store.writes.length;
  await source.sync();
  t.equal(room.store.writes.length, writes);
});

t.test('a renewed certificate of the same CA is taken at the next look', async (t) => {
  const room = new Room('from-secret');
  const authority = await room.authority();
  const replica = room.start(await room.files(authority));
  await room.pass(120 * SECOND);
  replica.files = await room.files(authority);
  await room.look();
  t.equal(replica.served.length, 2);
  t.equal(replica.served[1]?.certificate, replica.files.certificate);
  t.ok(room.allTrusted());
});

t.test('what cannot be used is not taken: the one before goes on, the replica stays ready, and says why', async (t) => {
  const room = new Room('from-secret');
  const authority = await room.authority();
  const good = await room.files(authority);
  const other = await room.files(authority);
  const faults: readonly [CertificateFiles, RegExp][] = [
    [{ ...other, key: good.key }, /tls\.key is not the key of tls\.crt; the previous certificate is still served/],
    [{ ...other, certificate: 'rubbish' }, /tls\.crt is not a readable/],
    [{ ...other, key: 'rubbish' }, /tls\.key is not a readable/],
    [await room.files(authority, -HOUR / 2), /tls\.crt expired/],
    [await room.files(authority, HOUR, ['other.svc']), /tls\.crt is not for hook\.bluegreen\.svc/],
    [{ ...other, authorities: null }, /ca\.crt has no certificate: add that of the CA/],
    [{ ...other, authorities: (await room.authority()).certificate }, /no certificate in ca\.crt signed tls\.crt/],
  ];
  const replica = room.start(good);
  await room.look();
  for (const [files, problem] of faults) {
    replica.files = files;
    t.match(await room.look(), [problem]);
    t.match(await room.look(), [problem]);
    t.ok(replica.source.status().ready);
  }
  t.equal(replica.served.length, 1);
  t.equal(replica.events.length, faults.length, 'each is counted once');
  replica.files = other;
  t.same(await room.look(), ['']);
  t.ok(room.allTrusted());
});

t.test('a replica that starts with a certificate that cannot be used is not ready, with the reason', async (t) => {
  const room = new Room('from-secret');
  const { source } = room.start({ certificate: 'rubbish', key: '', authorities: null });
  await t.rejects(source.sync(), /the mounted certificate cannot be used: tls\.crt is not a readable/);
  t.match(source.status(), { ready: false, reason: /tls\.crt is not a readable/ });
});

t.test('another CA: trusted first, served when every API server had time, the old one dropped last', async (t) => {
  const room = new Room('from-secret');
  const before = await room.files(await room.authority());
  const [first, second, third] = [room.start(before), room.start(before), room.start(before)];
  await room.look();
  const after = await room.files(await room.authority());
  // The kubelet brings a Secret to each pod at another time.
  first.files = after;
  await room.pass(40 * SECOND);
  t.same(room.trusted(), [2]);
  t.equal(first.served.length, 1);
  second.files = after;
  await room.pass(60 * SECOND);
  t.same(
    [first, second, third].map(({ served }) => served.length),
    [2, 2, 1],
  );
  t.same(room.trusted(), [2], 'the last one still serves by the old CA');
  const late = room.start(after);
  await room.look();
  t.notOk(late.source.status().ready, 'a replica that starts meanwhile gives the API servers their time');
  third.files = after;
  await room.pass(400 * SECOND);
  t.same(room.trusted(), [1]);
  t.ok(room.replicas.every(({ source }) => source.status().ready));
  t.ok(room.allTrusted());
});

t.test('where somebody else writes the caBundles, only the policy of the webhooks is set', async (t) => {
  const room = new Room('given');
  const authority = await room.authority();
  const files = await room.files(authority);
  const { source, served } = room.start({ ...files, authorities: null });
  room.store.configure('validating', [{ webhook: 'b.bluegreen.dev', caBundle: '', failClosed: false }]);
  await source.sync();
  t.match(source.status(), { ready: false, reason: /the caBundle has no certificate/ });
  t.equal(served.length, 1, 'it is served meanwhile, so that probes can be answered');
  room.store.overwrite(authority.certificate);
  await source.sync();
  t.ok(source.status().ready);
  t.ok(room.store.webhooks().every(({ failClosed }) => failClosed));
  t.same(room.trusted(), [1]);
});

t.test(
  'a given caBundle that does not know the new CA yet: the certificate before is served until it does',
  async (t) => {
    const room = new Room('given');
    const [before, after] = [await room.authority(), await room.authority()];
    room.store.overwrite(before.certificate);
    const replica = room.start(await room.files(before));
    await room.look();
    replica.files = await room.files(after);
    await room.pass(60 * SECOND);
    t.equal(replica.served.length, 1);
    t.ok(replica.source.status().ready);
    room.store.overwrite(before.certificate + after.certificate);
    await room.pass(30 * SECOND);
    t.equal(replica.served.length, 1, 'both are trusted: no hurry');
    await room.pass(40 * SECOND);
    t.equal(replica.served.length, 2);
    room.store.overwrite(after.certificate);
    await room.look();
    t.ok(replica.source.status().ready);
  },
);

t.test(
  'a CA injector that replaces the caBundle at once: the new certificate is served as soon as it is there',
  async (t) => {
    const room = new Room('given');
    const [before, after] = [await room.authority(), await room.authority()];
    room.store.overwrite(before.certificate);
    const replica = room.start(await room.files(before));
    await room.look();
    room.store.overwrite(after.certificate);
    await room.look();
    t.match(replica.source.status(), { ready: false, reason: /no certificate that signed/ });
    replica.files = await room.files(after);
    await room.look();
    t.ok(replica.source.status().ready);
    t.ok(room.allTrusted());
  },
);

t.test('a chain with an intermediate CA is followed to the root', async (t) => {
  const room = new Room('given');
  const root = await room.authority();
  const files = await room.files(root);
  room.store.overwrite(root.certificate);
  const stray = await room.authority();
  const { source } = room.start({ ...files, certificate: files.certificate + stray.certificate });
  await source.sync();
  t.ok(source.status().ready);
});
