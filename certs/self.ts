import type { X509Certificate } from 'node:crypto';
import { messageOf } from '../common/errors.ts';
import { has, isOver, same, trustedSomewhere, without } from './bundle.ts';
import { createAuthority } from './ca.ts';
import type { KnownAuthority } from './ca.ts';
import { createCARemoval } from './ca-removal.ts';
import { issueLeaf } from './serving.ts';
import type { Leaf } from './serving.ts';
import { createPropagation } from './propagation.ts';
import { createSharedSecret } from './shared-secret.ts';
import type { Circumstances } from './shared-secret.ts';
import type { SharedAuthorities } from './shared.ts';
import { LOOK_LEAST_MS, LOOK_MOST_MS } from './source.ts';
import type { CertificateEvents, CertificateSource, CertificateStatus } from './source.ts';
import { distrust } from './status.ts';
import type { CertificateLog, CertificateTools, ConfigurationStore, Peers, SecretStore } from './store.ts';
import { createCABundle } from './ca-bundle.ts';
import type { CABundleView } from './ca-bundle.ts';

export interface SelfSourceOptions {
  /** Namespace and name of the Secret. */
  readonly secret: string;
  readonly store: ConfigurationStore & SecretStore;
  readonly peers: Peers;
  readonly tools: CertificateTools;
  readonly log: CertificateLog;
  readonly events: CertificateEvents;
  /** DNS names of the serving certificate. */
  readonly names: readonly string[];
  readonly caLifetimeMs: number;
  readonly leafLifetimeMs: number;
  /** How long every API server is given to see a caBundle before a certificate is issued that needs it. */
  readonly settleMs: number;
}

/** A certificate that was issued here, and by which CA. */
interface Issued {
  readonly leaf: Leaf;
  readonly issuer: X509Certificate;
}

/**
 * The source `self`: the CA is made here and shared by the replicas through a Secret; every replica issues itself a
 * certificate and keeps its key in memory.
 */
export function createSelfSource(options: SelfSourceOptions): CertificateSource {
  const { store, peers, tools, log, events, settleMs } = options;
  const caBundle = createCABundle({ store, tools, log, onRepair: () => events.onRepair() });
  const propagation = createPropagation({ caBundle, peers, settleMs });
  const secret = createSharedSecret({ ...options, called: options.secret });
  const caRemoval = createCARemoval({ peers, tools, log, settleMs });
  let issued: Issued | null = null;
  let provisional = false;
  let status: CertificateStatus = { ready: false, reason: 'the serving certificate has not been made yet' };

  async function sync(): Promise<number> {
    try {
      let view = await caBundle.read();
      const authorities = await secret.advance(circumstancesOf(view), view.configurations.length > 0);
      view = await caBundle.sync(view, wanted(authorities));
      await renew(authorities.current);
      view = await removeCA(view, authorities);
      status = judge(view);
      report(view, authorities);
      return pause(view, authorities);
    } catch (error) {
      // A certificate that was trusted before still is: only its renewal waits.
      if (!status.ready) status = { ready: false, reason: messageOf(error) };
      if (issued === null) await servePrivately();
      throw error;
    }
  }

  function circumstancesOf({ configurations }: CABundleView): Circumstances {
    const trusted = trustedSomewhere(configurations).filter((certificate) => !isOver(certificate, tools.now()));
    return async ({ current, next }) => ({
      currentTrusted: current !== null && has(trusted, current.x509),
      currentServing: current !== null && issued !== null && same(issued.issuer, current.x509),
      nextSettled: next !== null && (await propagation.propagated(next.x509, issued !== null)),
      othersTrusted: without([...trusted, ...servedBy()], x509s({ current, next })).length > 0,
    });
  }

  /** Whatever happens to the Secret, the CA that this replica serves by stays trusted. */
  function wanted(authorities: SharedAuthorities): readonly X509Certificate[] {
    return [...x509s(authorities), ...servedBy()];
  }

  function servedBy(): readonly X509Certificate[] {
    return issued === null || isOver(issued.issuer, tools.now()) ? [] : [issued.issuer];
  }

  async function renew(current: KnownAuthority | null): Promise<void> {
    if (current === null) {
      if (issued === null) await servePrivately();
      return;
    }
    if (issued !== null && same(issued.issuer, current.x509) && tools.now() < issued.leaf.renewAt) return;
    const leaf = await issueLeaf(tools, current, options.names, options.leafLifetimeMs);
    events.onServing(leaf);
    issued = { leaf, issuer: current.x509 };
    log.info({ notAfter: leaf.notAfter.toISOString(), issuer: current.x509.subject }, 'new serving certificate');
  }

  /** An untrusted certificate, so that probes and users can read over TLS what is missing. */
  async function servePrivately(): Promise<void> {
    if (provisional) return;
    provisional = true;
    const authority = await createAuthority(tools, options.caLifetimeMs);
    events.onServing(await issueLeaf(tools, authority, options.names, options.leafLifetimeMs));
  }

  async function removeCA(view: CABundleView, authorities: SharedAuthorities): Promise<CABundleView> {
    const old = replaced(view, authorities);
    const present = authorities.current === null ? [] : [authorities.current.x509];
    const unused = await caRemoval.unused(present, old).catch((error: unknown) => {
      log.warn(
        { reason: String(error) },
        'a replaced CA stays trusted: the replicas could not be asked which CA they serve by',
      );
      return [];
    });
    return unused.length === 0 ? view : caBundle.sync(view, wanted(authorities), unused);
  }

  /** What is trusted beside what is needed. */
  function replaced({ configurations }: CABundleView, authorities: SharedAuthorities): readonly X509Certificate[] {
    return without(trustedSomewhere(configurations), wanted(authorities));
  }

  function judge(view: CABundleView): CertificateStatus {
    if (issued === null) {
      const reasons = [secret.problem(), 'waiting for every API server to see the new CA'];
      return { ready: false, reason: reasons.filter((reason) => reason !== null).join('; ') };
    }
    const reasons = distrust(view, issued.leaf.certificate, options.names, tools.now());
    return { ready: reasons.length === 0, reason: reasons.join('; ') };
  }

  function report(view: CABundleView, authorities: SharedAuthorities): void {
    const authority = authorities.current ?? authorities.next;
    if (authority === null) return;
    const rotating = authorities.next !== null || replaced(view, authorities).length > 0;
    events.onAuthority({ notAfter: authority.x509.validToDate, rotating });
  }

  function pause(view: CABundleView, authorities: SharedAuthorities): number {
    const { next } = authorities;
    const waits = [
      LOOK_MOST_MS,
      ...(issued === null ? [] : [issued.leaf.renewAt.getTime() - tools.now().getTime()]),
      ...(next === null ? [] : [propagation.remaining(next.x509) ?? LOOK_LEAST_MS]),
      ...(replaced(view, authorities).length === 0 ? [] : [settleMs / 4]),
    ];
    return Math.max(LOOK_LEAST_MS, Math.min(...waits));
  }

  function statusNow(): CertificateStatus {
    if (issued === null || tools.now() <= issued.leaf.notAfter) return status;
    return { ready: false, reason: `the serving certificate expired at ${issued.leaf.notAfter.toISOString()}` };
  }

  return { sync, status: statusNow };
}

function x509s({ current, next }: Pick<SharedAuthorities, 'current' | 'next'>): readonly X509Certificate[] {
  return [current, next].flatMap((authority) => (authority === null ? [] : [authority.x509]));
}
