import { setImmediate as turn } from 'node:timers/promises';
import type {
  Configuration,
  ConfiguredWebhook,
  ConfigurationKind,
  ConfigurationStore,
  SecretChange,
  SecretStore,
  StoredSecret,
} from '../../certs/store.ts';

type Webhooks = readonly ConfiguredWebhook[];

/** An webhook as an installation leaves it. */
export function bareWebhook(webhook: string): ConfiguredWebhook {
  return { webhook, caBundle: '', failClosed: true };
}

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

  constructor(webhooks: Partial<Record<ConfigurationKind, Webhooks | null>> = {}) {
    this.#configurations = { mutating: null, validating: null };
    const { mutating = [bareWebhook('a.bluegreen.dev')], validating = ['b', 'c'].map(bareWebhook) } = webhooks;
    this.configure('mutating', mutating);
    this.configure('validating', validating);
  }

  /** Writes a configuration as someone else would; null takes it away. */
  configure(kind: ConfigurationKind, webhooks: Webhooks | null): void {
    const resourceVersion = String(++this.#version);
    this.#configurations[kind] = webhooks === null ? null : { kind, resourceVersion, webhooks };
    this.onWrite();
  }

  /** Gives every webhook this bundle, as someone else would. */
  overwrite(caBundle: string): void {
    for (const kind of ['mutating', 'validating'] as const) {
      this.configure(
        kind,
        this.webhooks(kind).map((webhook) => ({ ...webhook, caBundle })),
      );
    }
  }

  webhooks(kind?: ConfigurationKind): Webhooks {
    const { mutating, validating } = this.#configurations;
    if (kind !== undefined) return this.#configurations[kind]?.webhooks ?? [];
    return [...(mutating?.webhooks ?? []), ...(validating?.webhooks ?? [])];
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
        seen.webhooks.map((webhook) => ({ ...webhook, caBundle: caBundle ?? webhook.caBundle, failClosed: true })),
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
