import { webcrypto } from 'node:crypto';
import { createSelfSource } from '../../certs/self.ts';
import { serviceNames } from '../../certs/serving.ts';
import type { CertificateEvents, CertificateSource, ServingCertificate } from '../../certs/source.ts';
import type { Peer, Peers } from '../../certs/store.ts';
import { verifyLeaf } from '../../certs/verify.ts';
import { recordingLog } from '../webhook/recording-log.ts';
import type { FakeStore } from './fake-store.ts';

export const SECOND = 1000;
export const HOUR = 3_600_000;
export const NAMES = serviceNames('hook', 'bluegreen', 'cluster.local');

/** Time that passes when a test says so, for all replicas alike. */
export class Clock {
  #at = Date.parse('2026-01-01T00:00:00Z');

  readonly now = (): Date => new Date(this.#at);
  readonly elapsed = (): number => this.#at;

  pass(milliseconds: number): void {
    this.#at += milliseconds;
  }
}

/** A replica of the source `self` in this process, and what it did. */
export interface Replica {
  readonly source: CertificateSource;
  readonly address: string;
  /** Every certificate that it served by, the present one last. */
  readonly leaves: ServingCertificate[];
  readonly log: ReturnType<typeof recordingLog>;
  readonly events: string[];
  /** Whether callers are sent to it. */
  ready(): boolean;
  /** False after it was killed. */
  alive: boolean;
}

/** What replicas share: the cluster, the time, and each other. */
export class Place implements Peers {
  readonly store: FakeStore;
  readonly clock = new Clock();
  readonly replicas: Replica[] = [];
  /** Addresses that the others cannot reach. */
  readonly unreachable = new Set<string>();
  readonly settings = { caLifetimeMs: 1000 * HOUR, leafLifetimeMs: 24 * HOUR, settleMs: 60 * SECOND };

  constructor(store: FakeStore) {
    this.store = store;
  }

  start(store = this.store, clock = this.clock): Replica {
    const leaves: ServingCertificate[] = [];
    const said: string[] = [];
    const log = recordingLog();
    const events: CertificateEvents = {
      onServing: (leaf) => void leaves.push(leaf),
      onAuthority: () => {},
      onRepair: () => void said.push('repaired'),
      onUnusable: () => void said.push('unusable'),
    };
    const source = createSelfSource({
      ...this.settings,
      store,
      peers: this,
      tools: { now: clock.now, elapsed: clock.elapsed, crypto: webcrypto },
      log,
      events,
      names: NAMES,
      secret: 'bluegreen/ca',
    });
    const address = `10.0.0.${this.replicas.length + 1}`;
    const replica: Replica = {
      source,
      address,
      leaves,
      log,
      events: said,
      alive: true,
      ready: () => replica.alive && source.status().ready,
    };
    this.replicas.push(replica);
    return replica;
  }

  serving(): Promise<readonly Peer[]> {
    const peers = this.replicas
      .filter((replica) => replica.ready())
      .map(({ address, leaves }) => ({
        address,
        chain: this.unreachable.has(address) ? null : (leaves.at(-1)?.certificate ?? null),
      }));
    return Promise.resolve(peers);
  }

  /** Every living replica looks once, at the same moment. What cannot be asked is no end. */
  async look(): Promise<void> {
    const living = this.replicas.filter(({ alive }) => alive);
    await Promise.all(living.map(({ source }) => source.sync().catch(() => 0)));
  }

  /** Time passes, with looks in between. */
  async pass(milliseconds: number, step = 5 * SECOND): Promise<void> {
    for (let left = milliseconds; left > 0; left -= step) {
      this.clock.pass(Math.min(step, left));
      await this.look();
    }
  }
}

/** Why some webhook does not trust what the replica serves by. */
export function distrusted(store: FakeStore, replica: Replica, now: Date): readonly string[] {
  const leaf = replica.leaves.at(-1);
  if (leaf === undefined) return ['no certificate'];
  return store.webhooks().flatMap(({ caBundle }) => verifyLeaf(leaf.certificate, { caBundle, names: NAMES, now }));
}
