import { setImmediate as turn } from 'node:timers/promises';
import type { CaBundles, CertificateStore, ConfigurationKind, StoredSecret } from '../../certs/store.ts';

/** A cluster in memory with the optimistic concurrency of a real one; every call lets others run first. */
export class FakeStore implements CertificateStore {
  secret: StoredSecret | null = null;
  readonly bundles: Record<ConfigurationKind, CaBundles | null>;
  /** Every write that was attempted. */
  readonly writes: string[] = [];
  /** When set, every call rejects with it. */
  down: Error | null = null;
  #version = 0;

  constructor(bundles: Partial<Record<ConfigurationKind, CaBundles | null>> = {}) {
    this.bundles = {
      mutating: [{ webhook: 'a.bluegreen.dev', caBundle: '', armed: true }],
      validating: [
        { webhook: 'b.bluegreen.dev', caBundle: '', armed: true },
        { webhook: 'c.bluegreen.dev', caBundle: 'someone else', armed: true },
      ],
      ...bundles,
    };
  }

  async readSecret(): Promise<StoredSecret | null> {
    await this.#call();
    return this.secret;
  }

  async createSecret(data: Readonly<Record<string, string>>): Promise<'created' | 'exists'> {
    await this.#call();
    const outcome = this.secret === null ? 'created' : 'exists';
    if (outcome === 'created') this.put(data);
    this.writes.push(outcome);
    return outcome;
  }

  async updateSecret(resourceVersion: string, data: Readonly<Record<string, string>>): Promise<'updated' | 'conflict'> {
    await this.#call();
    const outcome = this.secret?.resourceVersion === resourceVersion ? 'updated' : 'conflict';
    if (outcome === 'updated') this.put(data);
    this.writes.push(outcome);
    return outcome;
  }

  async readCaBundles(kind: ConfigurationKind): Promise<CaBundles | null> {
    await this.#call();
    return this.bundles[kind];
  }

  async patchCaBundle(kind: ConfigurationKind, seen: CaBundles, caBundle: string): Promise<'patched' | 'conflict'> {
    await this.#call();
    const present = this.bundles[kind] ?? [];
    const same = seen.every(({ webhook }, index) => present[index]?.webhook === webhook);
    const outcome = same ? 'patched' : 'conflict';
    if (same) this.bundles[kind] = present.map(({ webhook }) => ({ webhook, caBundle, armed: true }));
    this.writes.push(`${kind} ${outcome}`);
    return outcome;
  }

  /** Writes the Secret as someone else would. */
  put(data: Readonly<Record<string, string>>): void {
    this.#version++;
    this.secret = { resourceVersion: String(this.#version), data };
  }

  async #call(): Promise<void> {
    await turn();
    if (this.down !== null) throw this.down;
  }
}
