/** A coordination.k8s.io Lease, as far as the election cares. */
export interface Lease {
  /** The resourceVersion: it changes with every write. */
  readonly version: string;
  /** Null when it is not held. */
  readonly holder: string | null;
  /** How long the holder may be silent, in milliseconds; null when not said. */
  readonly durationMs: number | null;
  readonly transitions: number;
}

export interface LeaseClaim {
  /** Null gives the lease back. */
  readonly holder: string | null;
  readonly durationMs: number;
  readonly transitions: number;
  readonly renewed: Date;
  /** Left out when the holder stays the same. */
  readonly acquired?: Date;
}

/** Rejects when the API server cannot be asked or says no. */
export interface LeaseStore {
  /** Null when it does not exist. */
  read(signal: AbortSignal): Promise<Lease | null>;
  /** Writes over this very version; null when it changed meanwhile. */
  write(version: string, claim: LeaseClaim, signal: AbortSignal): Promise<Lease | null>;
}
