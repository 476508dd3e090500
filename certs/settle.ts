import type { X509Certificate } from 'node:crypto';
import type { Peers } from './store.ts';
import type { Trust } from './trust.ts';

export interface SettlingOptions {
  readonly trust: Trust;
  readonly peers: Peers;
  /** How long every API server is given to see a caBundle. */
  readonly settleMs: number;
}

/** Whether a CA that was added to the caBundles can be relied on. */
export interface Settling {
  /**
   * True when every caBundle has held it for so long that every API server has seen it, or when there is nobody whom a
   * change could cost anything. `serving` says whether this replica has a certificate that callers may rely on.
   */
  settled(authority: X509Certificate, serving: boolean): Promise<boolean>;
  /** Milliseconds until it may be; null while some caBundle lacks it. */
  remaining(authority: X509Certificate): number | null;
}

export function createSettling({ trust, peers, settleMs }: SettlingOptions): Settling {
  async function settled(authority: X509Certificate, serving: boolean): Promise<boolean> {
    const left = remaining(authority);
    if (left === null) return false;
    return left === 0 || (!serving && (await nobodyServes()));
  }

  async function nobodyServes(): Promise<boolean> {
    return (await peers.serving()).length === 0;
  }

  function remaining(authority: X509Certificate): number | null {
    const held = trust.trustedFor(authority);
    return held === null ? null : Math.max(0, settleMs - held);
  }

  return { settled, remaining };
}
