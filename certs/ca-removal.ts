import type { X509Certificate } from 'node:crypto';
import { certificatesIn } from './bundle.ts';
import type { CertificateLog, CertificateTools, Peer, Peers } from './store.ts';
import { describe } from './ca-bundle.ts';
import { anchorOf } from './verify.ts';

export interface CARemovalOptions {
  readonly peers: Peers;
  readonly tools: CertificateTools;
  readonly log: CertificateLog;
  /** How long the proof has to hold. */
  readonly settleMs: number;
}

/** Detects when no replica serves by the old CAs. */
export interface CARemoval {
  /**
   * Those of `old` that may go, all or none: when every replica that serves has shown a certificate from one of `present`
   * for some time. A replica that cannot be asked keeps them all.
   */
  unused(present: readonly X509Certificate[], old: readonly X509Certificate[]): Promise<readonly X509Certificate[]>;
}

export function createCARemoval({ peers, tools, log, settleMs }: CARemovalOptions): CARemoval {
  /** Since when the proof holds, and for which CAs. */
  let proof: { readonly of: string; readonly since: number } | null = null;
  let said = '';

  async function unused(
    present: readonly X509Certificate[],
    old: readonly X509Certificate[],
  ): Promise<readonly X509Certificate[]> {
    if (old.length === 0 || present.length === 0) {
      proof = null;
      return [];
    }
    const serving = await peers.serving();
    const late = serving.filter((peer) => !servesBy(peer, present));
    if (serving.length === 0 || late.length > 0) {
      proof = null;
      say(old, late);
      return [];
    }
    const of = [...present, ...old].map(({ fingerprint256 }) => fingerprint256).join(' ');
    if (proof?.of !== of) proof = { of, since: tools.elapsed() };
    return tools.elapsed() - proof.since >= settleMs ? old : [];
  }

  function say(old: readonly X509Certificate[], late: readonly Peer[]): void {
    const waitingFor = late.map(({ address, chain }) => `${address}${chain === null ? ' (does not answer)' : ''}`);
    const text = waitingFor.toSorted().join(', ');
    if (text === said) return;
    said = text;
    if (text !== '')
      log.info({ waitingFor, old: old.map(describe) }, 'a replaced CA stays trusted: replicas still serve by it');
  }

  return { unused };
}

function servesBy({ chain }: Peer, authorities: readonly X509Certificate[]): boolean {
  return chain !== null && anchorOf(certificatesIn(chain), authorities) !== null;
}
