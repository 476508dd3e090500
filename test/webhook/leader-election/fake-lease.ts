import type { Lease, LeaseClaim, LeaseStore } from '../../../webhook/leader-election/lease.ts';

/** A Lease on an API server that can be cut off from one replica or all. */
export class FakeLease {
  lease: Lease = { version: '1', holder: null, durationMs: null, transitions: 0 };
  readonly claims: LeaseClaim[] = [];
  exists = true;

  /** The API server as one replica sees it; `line.cut` breaks the connection, `line.hangs` leaves calls without answer. */
  store(line: { cut: boolean; hangs?: boolean } = { cut: false }): LeaseStore {
    function reach(signal: AbortSignal): Promise<void> {
      if (line.cut) return Promise.reject(new Error('cannot reach the API server'));
      if (line.hangs !== true) return Promise.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('too late'))));
    }
    return {
      read: async (signal) => {
        await reach(signal);
        return this.exists ? this.lease : null;
      },
      write: async (version, claim, signal) => {
        await reach(signal);
        if (version !== this.lease.version) return null;
        this.claims.push(claim);
        const { holder, durationMs, transitions } = claim;
        return this.put({ holder, durationMs, transitions });
      },
    };
  }

  /** A write by whomever. */
  put(change: Partial<Lease>): Lease {
    this.lease = { ...this.lease, ...change, version: String(Number(this.lease.version) + 1) };
    return this.lease;
  }
}
