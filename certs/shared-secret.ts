import { BACKDATE_MS, createAuthority } from './ca.ts';
import type { KnownAuthority } from './ca.ts';
import { nextStep } from './rotation.ts';
import type { RotationState, RotationStep } from './rotation.ts';
import { readShared, sharedData } from './shared.ts';
import type { SharedAuthorities } from './shared.ts';
import type { CertificateLog, CertificateTools, SecretStore, StoredSecret } from './store.ts';

/** How long a removal takes from the Secret to what needs it, in milliseconds. */
const GONE_MS = 2000;
/** How often a lost race is run again before the next look has to do it. */
const ATTEMPTS = 5;

export interface SharedSecretOptions {
  /** Its namespace and name. */
  readonly called: string;
  readonly store: SecretStore;
  readonly tools: CertificateTools;
  readonly log: CertificateLog;
  readonly caLifetimeMs: number;
}

/** What else the next step depends on, of the CAs that were found in the Secret. */
export type Circumstances = (authorities: SharedAuthorities) => Promise<{
  readonly currentTrusted: boolean;
  readonly currentServing: boolean;
  readonly nextSettled: boolean;
  readonly othersTrusted: boolean;
}>;

/** The Secret that the replicas share. */
export interface SharedSecret {
  /**
   * Takes every step of a rotation that is due, and returns what the Secret holds then. A Secret that is gone is made again
   * when it stays away for a while and there is still something `installed`: an installation that is being removed, object
   * by object, must not leave one behind. Rejects while it waits for that.
   */
  advance(circumstances: Circumstances, installed: boolean): Promise<SharedAuthorities>;
  /** What was wrong with the CA that another one is to replace; null when there is one that can be used. */
  problem(): string | null;
}

export function createSharedSecret({ called, store, tools, log, caLifetimeMs }: SharedSecretOptions): SharedSecret {
  let lamented = '';
  // What was gone before this replica started, is gone for good.
  let goneSince: number | null = Number.NEGATIVE_INFINITY;

  async function advance(circumstances: Circumstances, installed: boolean): Promise<SharedAuthorities> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const secret = await store.readSecret();
      if (secret === null) {
        if (!installed) throw new Error('neither the Secret with the CA nor a webhook configuration exists');
        goneSince ??= tools.elapsed();
        if (tools.elapsed() - goneSince < GONE_MS)
          throw new Error('the Secret with the CA is gone: it is made again soon');
        log.warn({}, 'the Secret with the CA is gone: making another one');
        await store.makeSecret();
        continue;
      }
      goneSince = null;
      const authorities = readShared(secret.data, tools.now());
      lament(authorities);
      const step = nextStep(await stateOf(secret, authorities, circumstances));
      if (step === 'none') return authorities;
      if ((await take(step, secret, authorities)) === 'updated') log.info({ step }, SAID[step]);
    }
    throw new Error('the Secret with the CA keeps changing: it gave up after repeated write conflicts');
  }

  async function take(
    step: Exclude<RotationStep, 'none'>,
    { resourceVersion }: StoredSecret,
    { current, next }: SharedAuthorities,
  ): Promise<'updated' | 'conflict'> {
    const fresh = step === 'found' || step === 'announce' ? await createAuthority(tools, caLifetimeMs) : null;
    const change = {
      found: { current: fresh, next: null },
      announce: { current, next: fresh },
      promote: { current: next, next: null },
      demote: { current: null, next: current },
    }[step];
    return store.updateSecret(resourceVersion, { data: sharedData(change), answersRequest: fresh !== null });
  }

  async function stateOf(
    { rotationRequested }: StoredSecret,
    authorities: SharedAuthorities,
    circumstances: Circumstances,
  ): Promise<RotationState> {
    const { current, next } = authorities;
    const { currentTrusted, currentServing, nextSettled, othersTrusted } = await circumstances(authorities);
    return {
      current:
        current === null ? null : { dueForRenewal: isDue(current), trusted: currentTrusted, serving: currentServing },
      next: next === null ? null : { settled: nextSettled },
      requested: rotationRequested,
      othersTrusted,
    };
  }

  /** In the last third of its life, or of the lifetime that CAs have now where that is shorter. */
  function isDue({ x509: { validFromDate, validToDate } }: KnownAuthority): boolean {
    const life = Math.min(validToDate.getTime() - validFromDate.getTime() - BACKDATE_MS, caLifetimeMs);
    return tools.now().getTime() >= validToDate.getTime() - life / 3;
  }

  function lament({ problems, current }: SharedAuthorities): void {
    const text = problems.join('; ');
    if (text !== '' && text !== lamented)
      log.warn({ secret: called, problems, fix: FIX }, 'the CA in the Secret cannot be used: replacing it');
    if (text !== '' || current !== null) lamented = text;
  }

  return { advance, problem: () => (lamented === '' ? null : `Secret ${called}: ${lamented}`) };
}

const FIX =
  'nothing, unless the CA was yours: then put certificates from it into a Secret and set certificates.source=existing';

const SAID: Readonly<Record<Exclude<RotationStep, 'none'>, string>> = {
  found: 'made a CA',
  announce: 'a rotation of the CA begins: the new CA is added to every caBundle, the old one is still served',
  promote: 'every API server had time to see the new CA: certificates are issued from it now',
  demote: 'the CA in the Secret is not the one that callers trust: it waits until they do',
};
