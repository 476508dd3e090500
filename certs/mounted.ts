import type { X509Certificate } from 'node:crypto';
import { messageOf } from '../common/errors.ts';
import { has, trustedEverywhere, trustedSomewhere, unique, without } from './bundle.ts';
import { readPair } from './pair.ts';
import type { CertificateFiles, Pair } from './pair.ts';
import { createCARemoval } from './ca-removal.ts';
import { createPropagation } from './propagation.ts';
import { LOOK_LEAST_MS, LOOK_MOST_MS } from './source.ts';
import type { CertificateEvents, CertificateSource, CertificateStatus } from './source.ts';
import { distrust } from './status.ts';
import type { CertificateLog, CertificateTools, ConfigurationStore, Peers } from './store.ts';
import { createCABundle } from './ca-bundle.ts';
import type { CABundleView } from './ca-bundle.ts';
import { anchorOf } from './verify.ts';

/**
 * For how many propagation times no replica may serve by another CA before it is removed. A replica without the new files
 * takes the new CA for such a one: the others have to serve by it first.
 */
const HOLD = 5;

export interface MountedSourceOptions {
  readonly store: ConfigurationStore;
  readonly peers: Peers;
  readonly tools: CertificateTools;
  readonly log: CertificateLog;
  readonly events: CertificateEvents;
  /** Name by which the API server calls. */
  readonly name: string;
  /** How long every API server is given to see a caBundle before a certificate is served that needs it. */
  readonly settleMs: number;
  /** Reads the files of the mounted Secret. Rejects with a sentence for a user. */
  readonly read: () => Promise<CertificateFiles>;
  /** Who writes the caBundles: the webhook, from ca.crt, or another client (cert-manager, the chart). */
  readonly bundles: 'from-secret' | 'given';
}

interface Served {
  readonly pair: Pair;
  /** Whether this replica may be called by it: every API server has had time to trust it. */
  readonly reliable: boolean;
}

/**
 * The sources `existing` and `cert-manager`: another client makes the certificate and puts it into a Secret, which is
 * mounted. A new one is served when callers trust it; until then, and when it is of no use, the one before goes on.
 */
export function createMountedSource(options: MountedSourceOptions): CertificateSource {
  const { store, peers, tools, log, events, name, settleMs } = options;
  const managed = options.bundles === 'from-secret';
  const caBundle = createCABundle({ store, tools, log, onRepair: () => events.onRepair() });
  const propagation = createPropagation({ caBundle, peers, settleMs });
  const caRemoval = createCARemoval({ peers, tools, log, settleMs: settleMs * HOLD });
  let served: Served | null = null;
  let status: CertificateStatus = { ready: false, reason: 'the serving certificate has not been read yet' };
  let denied = '';
  /** CAs that may be replaced ones: there when this replica started, or served by before. One that came later is newer. */
  let older: readonly X509Certificate[] | null = null;

  async function sync(): Promise<number> {
    const { pair, problem } = await candidate();
    try {
      const found = await caBundle.read();
      older ??= trustedSomewhere(found.configurations);
      const view = await removeCA(await syncBundles(found, pair));
      if (pair !== null) await consider(view, pair);
      await rely(view);
      status = judge(view, problem);
      report(view, pair);
    } catch (error) {
      if (!status.ready) status = { ready: false, reason: messageOf(error) };
      throw error;
    }
    if (problem !== null) throw new Error(problem);
    return pause(pair);
  }

  async function candidate(): Promise<{ readonly pair: Pair | null; readonly problem: string | null }> {
    try {
      const pair = readPair(await options.read(), name, tools.now());
      if (managed && anchorOf(pair.chain, pair.authorities) === null) throw new Error(unsigned(pair));
      denied = '';
      return { pair, problem: null };
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== denied) events.onUnusable();
      denied = reason;
      const kept = served === null ? '' : '; the previous certificate is still served';
      return { pair: null, problem: `the mounted certificate cannot be used: ${reason}${kept}` };
    }
  }

  async function syncBundles(view: CABundleView, pair: Pair | null): Promise<CABundleView> {
    return managed ? caBundle.sync(view, wanted(pair)) : caBundle.setFailClosed(view);
  }

  function wanted(pair: Pair | null): readonly X509Certificate[] {
    return [...(pair?.authorities ?? []), ...(served?.pair.authorities ?? [])];
  }

  /** Serves the pair unless a client would stop trusting this replica. */
  async function consider(view: CABundleView, pair: Pair): Promise<void> {
    if (served?.pair.certificate === pair.certificate && served.pair.key === pair.key) return;
    const held = served !== null && trusts(view, served.pair);
    const anchor = anchorOf(pair.chain, trustedEverywhere(view.configurations));
    if (held && (anchor === null || !(await propagation.propagated(anchor, true)))) return;
    events.onServing(pair);
    older = unique([...(older ?? []), ...(served?.pair.authorities ?? [])]);
    served = { pair, reliable: held };
    log.info({ notAfter: pair.notAfter.toISOString() }, 'new serving certificate');
  }

  /** Notices when callers can be sent here. Where another client writes the caBundles, they are taken as they are. */
  async function rely(view: CABundleView): Promise<void> {
    if (served === null || served.reliable || !trusts(view, served.pair)) return;
    const anchor = anchorOf(served.pair.chain, trustedEverywhere(view.configurations));
    const alone = without(trustedSomewhere(view.configurations), served.pair.authorities).length === 0;
    const reliable = !managed || alone || (anchor !== null && (await propagation.propagated(anchor, false)));
    served = { ...served, reliable };
  }

  async function removeCA(view: CABundleView): Promise<CABundleView> {
    if (!managed || served === null) return view;
    const present = served.pair.authorities;
    const unused = await caRemoval.unused(present, replaced(view)).catch((error: unknown) => {
      log.warn(
        { reason: String(error) },
        'a replaced CA stays trusted: the replicas could not be asked which CA they serve by',
      );
      return [];
    });
    return unused.length === 0 ? view : caBundle.sync(view, wanted(null), unused);
  }

  function replaced(view: CABundleView): readonly X509Certificate[] {
    return others(view).filter((certificate) => has(older ?? [], certificate));
  }

  function others({ configurations }: CABundleView): readonly X509Certificate[] {
    return without(trustedSomewhere(configurations), served?.pair.authorities ?? []);
  }

  function trusts(view: CABundleView, { certificate }: Pair): boolean {
    return distrust(view, certificate, [name], tools.now()).length === 0;
  }

  function judge(view: CABundleView, problem: string | null): CertificateStatus {
    if (served === null) return { ready: false, reason: problem ?? 'there is no serving certificate yet' };
    const reasons = distrust(view, served.pair.certificate, [name], tools.now());
    if (reasons.length > 0) return { ready: false, reason: reasons.join('; ') };
    if (!served.reliable) return { ready: false, reason: 'waiting for every API server to see the new CA' };
    return { ready: true, reason: '' };
  }

  function report(view: CABundleView, pair: Pair | null): void {
    if (served === null) return;
    const anchor = anchorOf(served.pair.chain, trustedSomewhere(view.configurations));
    const rotating = managed && (others(view).length > 0 || (pair !== null && pair !== served.pair));
    if (anchor !== null) events.onAuthority({ notAfter: anchor.validToDate, rotating });
  }

  function pause(pair: Pair | null): number {
    const waiting = pair !== null && (served?.reliable !== true || served.pair.certificate !== pair.certificate);
    return waiting ? Math.max(LOOK_LEAST_MS, Math.min(settleMs / 4, LOOK_MOST_MS)) : LOOK_MOST_MS;
  }

  function statusNow(): CertificateStatus {
    if (served === null || tools.now() <= served.pair.notAfter) return status;
    return { ready: false, reason: `the serving certificate expired at ${served.pair.notAfter.toISOString()}` };
  }

  return { sync, status: statusNow };
}

function unsigned({ authorities }: Pair): string {
  return authorities.length === 0
    ? 'ca.crt has no certificate: add that of the CA that signed tls.crt, or give the chart the value certificates.existing.caBundle'
    : 'no certificate in ca.crt signed tls.crt';
}
