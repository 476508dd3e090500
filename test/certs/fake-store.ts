import { setImmediate as turn } from 'node:timers/promises';
import type {
  Configuration,
  ConfigurationEntry,
  ConfigurationKind,
  ConfigurationStore,
  SecretChange,
  SecretStore,
  StoredSecret,
} from '../../certs/store.ts';

type Entries = readonly ConfigurationEntry[];

/** An entry as an installation leaves it. */
export const bareEntry = (webhook: string): ConfigurationEntry => ({ webhook, caBundle: '', armed: true });

/** A cluster in memory with the optimistic concurrency of a real one; every call lets others run first. */
export class FakeStore implements ConfigurationStore, SecretStore {
  secret: StoredSecret | null = null;
  /** Every write that was attempted. */
  readonly writes: string[] = [];
  /** When set, every call rejects with it. */
  down: Error | null = null;
  /** Called after each write of a configuration or the Secret. */
  onWrite: () => void = () => {};
  readonly #configurations: Record<ConfigurationKind, Configuration | null>;
  #version = 0;

  constructor(entries: Partial<Record<ConfigurationKind, Entries | null>> = {}) {
    this.#configurations = { mutating: null, validating: null };
    const { mutating = [bareEntry('a.bluegreen.dev')], validating = ['b', 'c'].map(bareEntry) } = entries;
    this.configure('mutating', mutating);
    this.configure('validating', validating);
  }

  /** Writes a configuration as someone else would; null takes it away. */
  configure(kind: ConfigurationKind, entries: Entries | null): void {
    const resourceVersion = String(++this.#version);
    this.#configurations[kind] = entries === null ? null : { kind, resourceVersion, entries };
    this.onWrite();
  }

  /** Gives every entry this bundle, as someone else would. */
  overwrite(caBundle: string): void {
    for (const kind of ['mutating', 'validating'] as const) {
      this.configure(
        kind,
        this.entries(kind).map((entry) => ({ ...entry, caBundle })),
      );
    }
  }

  entries(kind?: ConfigurationKind): Entries {
    const { mutating, validating } = this.#configurations;
    if (kind !== undefined) return this.#configurations[kind]?.entries ?? [];
    return [...(mutating?.entries ?? []), ...(validating?.entries ?? [])];
  }

  /** Writes the Secret as someone else would. */
  put(data: Readonly<Record<string, string>>, rotationRequested = false): void {
    this.secret = { resourceVersion: String(++this.#version), data, rotationRequested };
    this.onWrite();
  }

  /** Asks for another CA, as an operator would. */
  requestRotation(): void {
    this.put(this.secret?.data ?? {}, true);
  }

  async readSecret(): Promise<StoredSecret | null> {
    await this.#call();
    return this.secret;
  }

  async makeSecret(): Promise<void> {
    await this.#call();
    if (this.secret === null) this.put({});
    this.writes.push('made');
  }

  async updateSecret(resourceVersion: string, change: SecretChange): Promise<'updated' | 'conflict'> {
    await this.#call();
    const outcome = this.secret?.resourceVersion === resourceVersion ? 'updated' : 'conflict';
    if (outcome === 'updated') {
      const data = Object.entries({ ...this.secret?.data, ...change.data }).flatMap(([key, value]) =>
        value === null ? [] : [[key, value] as const],
      );
      this.put(Object.fromEntries(data), this.secret?.rotationRequested === true && !change.answersRequest);
    }
    this.writes.push(outcome);
    return outcome;
  }

  async readConfiguration(kind: ConfigurationKind): Promise<Configuration | null> {
    await this.#call();
    return this.#configurations[kind];
  }

  async patchConfiguration(seen: Configuration, caBundle: string | null): Promise<'patched' | 'conflict'> {
    await this.#call();
    const same = this.#configurations[seen.kind]?.resourceVersion === seen.resourceVersion;
    if (same) {
      this.configure(
        seen.kind,
        seen.entries.map((entry) => ({ ...entry, caBundle: caBundle ?? entry.caBundle, armed: true })),
      );
    }
    const outcome = same ? 'patched' : 'conflict';
    this.writes.push(`${seen.kind} ${outcome}`);
    return outcome;
  }

  async #call(): Promise<void> {
    await turn();
    if (this.down !== null) throw this.down;
  }
}
