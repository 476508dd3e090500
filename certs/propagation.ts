import type { X509Certificate } from 'node:crypto';
import type { Peers } from './store.ts';
import type { CABundle } from './ca-bundle.ts';

export interface PropagationOptions {
  readonly caBundle: CABundle;
  readonly peers: Peers;
  /** How long every API server is given to see a caBundle. */
  readonly settleMs: number;
}

/** Whether a CA that was added to the caBundles can be relied on. */
export interface Propagation {
  /**
   * True when every caBundle has held it for so long that every API server has seen it, or when there is nobody whom a
   * change could cost anything. `serving` says whether this replica has a certificate that callers may rely on.
   */
  propagated(authority: X509Certificate, serving: boolean): Promise<boolean>;
  /** Milliseconds until it may be; null while some caBundle lacks it. */
  remaining(authority: X509Certificate): number | null;
}

export function createPropagation({ caBundle, peers, settleMs }: PropagationOptions): Propagation {
  async function propagated(authority: X509Certificate, serving: boolean): Promise<boolean> {
    const left = remaining(authority);
    if (left === null) return false;
    return left === 0 || (!serving && (await noneServing()));
  }

  async function noneServing(): Promise<boolean> {
    return (await peers.serving()).length === 0;
  }

  function remaining(authority: X509Certificate): number | null {
    const held = caBundle.trustedFor(authority);
    return held === null ? null : Math.max(0, settleMs - held);
  }

  return { propagated, remaining };
}
