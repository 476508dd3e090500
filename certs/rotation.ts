/**
 * The steps by which a CA takes the place of another one, so that at no moment an API server meets a certificate that its
 * caBundle does not trust:
 *
 * 1. `announce`: another CA is made, as `next`. Every replica adds it to the caBundles and goes on issuing from `current`.
 * 2. `promote`: when every API server has had time to see the caBundle, `next` becomes `current`, and every replica
 *    issues itself a certificate from it.
 * 3. The old CA leaves the caBundles when every replica that serves has shown a certificate from the new one, or when it
 *    expires (see `ca-removal.ts`).
 */
export type RotationStep =
  /** Make a CA and issue from it at once: no caBundle trusts anything yet. */
  | 'found'
  /** Make a CA that takes over later. */
  | 'announce'
  | 'promote'
  /** Somebody replaced the CA by one that is not trusted yet: let it wait as `next`. */
  | 'demote'
  | 'none';

/** What the next step depends on. */
export interface RotationState {
  readonly current: {
    readonly dueForRenewal: boolean;
    /** Whether some caBundle trusts it. */
    readonly trusted: boolean;
    /** Whether this replica's certificate is from it. */
    readonly serving: boolean;
  } | null;
  readonly next: {
    /** Whether every API server has had time to see it in every caBundle. */
    readonly settled: boolean;
  } | null;
  /** Whether another CA was requested. */
  readonly requested: boolean;
  /** Whether some caBundle trusts a CA other than `current` and `next`: a replica may be serving by it. */
  readonly othersTrusted: boolean;
}

/** The next step, by whichever replica gets to it first. */
export function nextStep({ current, next, requested, othersTrusted }: RotationState): RotationStep {
  // A request also replaces a CA that only waits: whoever asks may be afraid for its key, too.
  if (next !== null) return requested ? 'announce' : next.settled ? 'promote' : 'none';
  if (current === null) return othersTrusted ? 'announce' : 'found';
  if (!current.trusted && !current.serving && othersTrusted) return 'demote';
  return requested || current.dueForRenewal ? 'announce' : 'none';
}

/** When a certificate is replaced: after two thirds of the time between `start` and `end`, or a bit before. */
export function renewalTime(start: Date, end: Date, jitter: number): Date {
  return new Date(start.getTime() + (end.getTime() - start.getTime()) * (2 / 3 - jitter * RENEWAL_SPREAD));
}

/** The part of a lifetime over which renewals are spread, so that replicas do not all renew at once. */
const RENEWAL_SPREAD = 0.1;
