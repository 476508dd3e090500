import { authorityData, createAuthority, readAuthority } from './ca.ts';
import type { Authority } from './ca.ts';
import { issueLeaf } from './serving.ts';
import type { Leaf } from './serving.ts';
import { parse, signedBy, verifyLeaf } from './verify.ts';
import type { CertificateLog, CertificateStore, CertificateTools, ConfigurationKind } from './store.ts';

const KINDS = ['mutating', 'validating'] as const;

/** How often a lost race is run again before the next periodic check has to do it. */
const ATTEMPTS = 5;

export interface SelfSourceOptions {
  readonly store: CertificateStore;
  readonly tools: CertificateTools;
  readonly log: CertificateLog;
  /** DNS names of the serving certificate. */
  readonly names: readonly string[];
  readonly caLifetimeMs: number;
  readonly leafLifetimeMs: number;
  /** Called with every new serving certificate, before a caBundle is changed for it. */
  readonly onLeaf: (leaf: Leaf) => void;
}

/** Whether callers trust the serving certificate, and if not, why. */
export interface CertificateStatus {
  readonly ready: boolean;
  readonly reason: string;
}

/** Certificates that the webhook makes itself. */
export interface SelfSource {
  /**
   * Brings everything to where it should be: a CA in the shared Secret, a fresh leaf, the CA in every caBundle. Safe to
   * repeat, and in several replicas at once. Rejects when the cluster cannot be asked; `status` then says so.
   */
  sync(): Promise<void>;
  status(): CertificateStatus;
}

/** The source `self`: CA and leaf are made here, the CA is shared by the replicas through a Secret. */
export function createSelfSource(options: SelfSourceOptions): SelfSource {
  const { store, tools, log } = options;
  let leaf: Leaf | null = null;
  let provisional = false;
  let status: CertificateStatus = { ready: false, reason: 'the serving certificate has not been made yet' };

  async function sync(): Promise<void> {
    try {
      const authority = await sharedAuthority(options);
      if (leaf === null || !isCurrent(leaf, authority, tools.now())) {
        leaf = await issueLeaf(tools, authority, options.names, options.leafLifetimeMs);
        log.info({ notAfter: leaf.notAfter.toISOString() }, 'new serving certificate');
        options.onLeaf(leaf);
      }
      const { certificate } = leaf;
      const states = await Promise.all(KINDS.map((kind) => trust(kind, authority, certificate)));
      const reasons = states.filter((reason) => reason !== null);
      status = { ready: reasons.length === 0, reason: reasons.join('; ') };
    } catch (error) {
      // A certificate that was trusted before still is: only its renewal waits.
      if (!status.ready) status = { ready: false, reason: error instanceof Error ? error.message : String(error) };
      if (leaf === null && !provisional) await servePrivately();
      throw error;
    }
  }

  /** A certificate that nobody trusts, so that probes and people can be told over TLS what is missing. */
  async function servePrivately(): Promise<void> {
    provisional = true;
    const authority = await createAuthority(tools, options.caLifetimeMs);
    options.onLeaf(await issueLeaf(tools, authority, options.names, options.leafLifetimeMs));
  }

  /** Puts the CA into one configuration; null, or why its callers do not trust the leaf. */
  async function trust(kind: ConfigurationKind, authority: Authority, certificate: string): Promise<string | null> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const bundles = await store.readCaBundles(kind);
      if (bundles === null) return `the ${kind} webhook configuration does not exist yet`;
      if (bundles.every(({ caBundle, armed }) => armed && caBundle === authority.certificate)) {
        const expectations = { caBundle: authority.certificate, names: options.names, now: tools.now() };
        return verifyLeaf(certificate, expectations)[0] ?? null;
      }
      const outcome = await store.patchCaBundle(kind, bundles, authority.certificate);
      log.info({ kind, outcome }, 'entries without the caBundle of the shared CA');
    }
    return `the ${kind} webhook configuration keeps changing: its caBundle could not be set`;
  }

  function present(): CertificateStatus {
    if (leaf === null || tools.now() <= leaf.notAfter) return status;
    return { ready: false, reason: `the serving certificate expired at ${leaf.notAfter.toISOString()}` };
  }

  return { sync, status: present };
}

/** The CA in the Secret, made first if there is none, replaced if it is of no use. */
async function sharedAuthority({ store, tools, log, caLifetimeMs }: SelfSourceOptions): Promise<Authority> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const secret = await store.readSecret();
    if (secret === null) {
      const authority = await createAuthority(tools, caLifetimeMs);
      if ((await store.createSecret(authorityData(authority))) === 'created') {
        log.info({}, 'made a CA');
        return authority;
      }
      continue;
    }
    const found = readAuthority(secret.data, tools.now());
    if (found.usable) return found.authority;
    if (Object.keys(secret.data).length > 0) {
      log.warn({ reason: found.reason }, 'the CA in the Secret cannot be used: replacing it');
    }
    const authority = await createAuthority(tools, caLifetimeMs);
    if ((await store.updateSecret(secret.resourceVersion, authorityData(authority))) === 'updated') return authority;
  }
  throw new Error('the Secret with the CA keeps changing: it could not be read in peace');
}

function isCurrent(leaf: Leaf, authority: Authority, now: Date): boolean {
  const certificate = parse(leaf.certificate);
  const issuer = parse(authority.certificate);
  return certificate !== null && issuer !== null && signedBy(certificate, issuer) && now < leaf.renewAt;
}
