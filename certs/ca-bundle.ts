import type { X509Certificate } from 'node:crypto';
import { bundleOf, isAsWanted, isOver, trustedEverywhere, trustedSomewhere, unique, without } from './bundle.ts';
import type {
  CertificateLog,
  CertificateTools,
  Configuration,
  ConfigurationKind,
  ConfigurationStore,
} from './store.ts';
import { KINDS } from './store.ts';

/** How often a lost race is run again before the next look has to do it. */
const ATTEMPTS = 5;

/** What the webhook configurations trust, as they were read. */
export interface CABundleView {
  readonly configurations: readonly Configuration[];
  /** Those that do not exist yet. */
  readonly missing: readonly ConfigurationKind[];
}

export interface CABundleOptions {
  readonly store: ConfigurationStore;
  readonly tools: CertificateTools;
  readonly log: CertificateLog;
  readonly onRepair: () => void;
}

/** What the API servers trust, and since when. */
export interface CABundle {
  read(): Promise<CABundleView>;
  /**
   * Has every entry trust `wanted`, beside all that some entry trusts already and that has not expired, except `unused`;
   * and arms the entries. What was trusted is never dropped in any other way: a replica may still serve by it.
   */
  sync(
    view: CABundleView,
    wanted: readonly X509Certificate[],
    unused?: readonly X509Certificate[],
  ): Promise<CABundleView>;
  /** Sets failurePolicy Fail and leaves the caBundles to another writer. */
  setFailClosed(view: CABundleView): Promise<CABundleView>;
  /** For how many milliseconds this process has seen every entry trust the certificate; null when one does not. */
  trustedFor(certificate: X509Certificate): number | null;
}

export function createCABundle({ store, tools, log, onRepair }: CABundleOptions): CABundle {
  /** By fingerprint, when this process first saw it trusted by every entry, without a break since. */
  let since: ReadonlyMap<string, number> = new Map();
  /** What the last look found no longer trusted by every entry. */
  let lost: ReadonlySet<string> = new Set();

  async function read(): Promise<CABundleView> {
    const configurations = await Promise.all(KINDS.map((kind) => store.readConfiguration(kind)));
    return noted(configurations.filter((configuration) => configuration !== null));
  }

  function noted(configurations: readonly Configuration[]): CABundleView {
    const missing = KINDS.filter((kind) => !configurations.some((configuration) => configuration.kind === kind));
    const trusted = missing.length > 0 ? [] : trustedEverywhere(configurations);
    const before = since;
    since = new Map(trusted.map(({ fingerprint256: print }) => [print, before.get(print) ?? tools.elapsed()]));
    lost = new Set([...before.keys()].filter((print) => !since.has(print)));
    return { configurations, missing };
  }

  async function sync(
    view: CABundleView,
    wanted: readonly X509Certificate[],
    unused: readonly X509Certificate[] = [],
  ): Promise<CABundleView> {
    return reconcile(view, (configurations) => {
      const kept = trustedSomewhere(configurations).filter((certificate) => !isOver(certificate, tools.now()));
      return unique([...wanted, ...without(kept, unused)]);
    });
  }

  function setFailClosed(view: CABundleView): Promise<CABundleView> {
    return reconcile(view, null);
  }

  /** Writes what is not as wanted, and again what another client wrote meanwhile. */
  async function reconcile(
    first: CABundleView,
    wantedOf: ((configurations: readonly Configuration[]) => readonly X509Certificate[]) | null,
  ): Promise<CABundleView> {
    let view = first;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const wanted = wantedOf?.(view.configurations) ?? null;
      const wrong = view.configurations.filter(({ webhooks }) =>
        webhooks.some((webhook) => (wanted === null ? !webhook.failClosed : !isAsWanted(webhook, wanted))),
      );
      if (wrong.length === 0) return view;
      if (wanted?.some(({ fingerprint256 }) => lost.has(fingerprint256)) === true) onRepair();
      const bundle = wanted === null ? null : bundleOf(wanted);
      const outcomes = await Promise.all(wrong.map((configuration) => store.patchConfiguration(configuration, bundle)));
      const kinds = wrong.filter((_, index) => outcomes[index] === 'patched').map(({ kind }) => kind);
      const authorities = wanted === null ? {} : { authorities: wanted.map(describe) };
      if (kinds.length > 0) log.info({ kinds, ...authorities }, 'webhook configurations updated');
      view = await read();
    }
    throw new Error('the webhook configurations keep changing: their caBundles could not be set');
  }

  function trustedFor({ fingerprint256 }: X509Certificate): number | null {
    const from = since.get(fingerprint256);
    return from === undefined ? null : tools.elapsed() - from;
  }

  return { read, sync, setFailClosed, trustedFor };
}

/** How a certificate is called in the log. */
export function describe({ subject, validToDate }: X509Certificate): string {
  return `${subject.replaceAll('\n', ', ')}, until ${validToDate.toISOString()}`;
}
