import type { webcrypto } from 'node:crypto';

/** A Secret as it was read; `data` is decoded. */
export interface StoredSecret {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
}

export type ConfigurationKind = 'mutating' | 'validating';

/** The entries of one webhook configuration in their order. */
export type CaBundles = readonly CaBundle[];

export interface CaBundle {
  readonly webhook: string;
  /** Decoded PEM, empty where there is none. */
  readonly caBundle: string;
  /**
   * False for an entry that lets pass what it cannot be asked, and should refuse it: an installation starts like that,
   * so that nothing is held up before the first certificate is there.
   */
  readonly armed: boolean;
}

/**
 * What the certificates ask of a cluster. Every write is guarded against what was read before it; a lost race is an
 * answer (`exists`, `conflict`), anything else rejects with an Error whose message is a sentence for a user.
 */
export interface CertificateStore {
  /** The Secret that the replicas share, or null. */
  readSecret(): Promise<StoredSecret | null>;
  createSecret(data: Readonly<Record<string, string>>): Promise<'created' | 'exists'>;
  /** Writes these keys of the data, if nobody wrote since `resourceVersion`. Labels and other keys stay. */
  updateSecret(resourceVersion: string, data: Readonly<Record<string, string>>): Promise<'updated' | 'conflict'>;
  /** Null when there is no such configuration. */
  readCaBundles(kind: ConfigurationKind): Promise<CaBundles | null>;
  /** Gives every entry in `seen` the bundle and arms it, if the entries still stand where they were read. */
  patchCaBundle(kind: ConfigurationKind, seen: CaBundles, caBundle: string): Promise<'patched' | 'conflict'>;
}

/** What the certificates have to say; a structural part of the program's log. */
export interface CertificateLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Time and randomness, from outside. */
export interface CertificateTools {
  readonly now: () => Date;
  readonly crypto: webcrypto.Crypto;
}
