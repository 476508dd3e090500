import type { webcrypto } from 'node:crypto';

/** A Secret as it was read; `data` is decoded. */
export interface StoredSecret {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
  /** Whether another CA was requested, by an annotation. */
  readonly rotationRequested: boolean;
}

/** A change of the Secret's data; null takes a key away. */
export interface SecretChange {
  readonly data: Readonly<Record<string, string | null>>;
  /** Whether the request for another CA is answered by it, and so taken away. */
  readonly answersRequest: boolean;
}

export type ConfigurationKind = 'mutating' | 'validating';
export const KINDS = ['mutating', 'validating'] as const satisfies readonly ConfigurationKind[];

/** One webhook configuration as it was read, its entries in their order. */
export interface Configuration {
  readonly kind: ConfigurationKind;
  readonly resourceVersion: string;
  readonly webhooks: readonly ConfiguredWebhook[];
}

export interface ConfiguredWebhook {
  readonly webhook: string;
  /** Decoded PEM, empty where there is none. */
  readonly caBundle: string;
  /**
   * False for an entry that lets pass what it cannot be asked, and should deny it: an installation starts like that,
   * so that no request is denied before the webhook can be called.
   */
  readonly failClosed: boolean;
}

/** The two webhook configurations. A lost race is an answer; anything else rejects with a sentence for a user. */
export interface ConfigurationStore {
  /** Null when there is no such configuration. */
  readConfiguration(kind: ConfigurationKind): Promise<Configuration | null>;
  /** Writes the bundle (null: leaves it unchanged) and failurePolicy Fail to every webhook, unless it changed since `seen` was read. */
  patchConfiguration(seen: Configuration, caBundle: string | null): Promise<'patched' | 'conflict'>;
}

/** The Secret that the replicas share. Lost races and errors as with the configurations. */
export interface SecretStore {
  /** Null when there is none. */
  readSecret(): Promise<StoredSecret | null>;
  /** Makes it, empty; leaves one alone that another client created meanwhile. */
  makeSecret(): Promise<void>;
  /** Changes keys of the data, unless it changed since `resourceVersion`. Labels and other keys stay. */
  updateSecret(resourceVersion: string, change: SecretChange): Promise<'updated' | 'conflict'>;
}

/** A replica to which the API server may send reviews, and what it showed in a TLS handshake. */
export interface Peer {
  readonly address: string;
  /** PEM of its certificate and what it sent with it; null when it could not be asked. */
  readonly chain: string | null;
}

/** All replicas to which reviews may be sent, this one included. Rejects when they cannot be listed. */
export interface Peers {
  serving(): Promise<readonly Peer[]>;
}

/** What the certificates have to say; a structural part of the program's log. */
export interface CertificateLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Time and randomness, from outside. */
export interface CertificateTools {
  /** The time by which callers judge certificates. */
  readonly now: () => Date;
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed: () => number;
  readonly crypto: webcrypto.Crypto;
}
