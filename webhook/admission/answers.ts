import { explain, type Mode, type Switch, type Violation, UNREAD } from '../policy/index.ts';
import type { Answer, Target } from './types.ts';

/** What an answer says beside its verdict when there is nothing to say. */
export const NO_REMARKS = {
  switched: null,
  warnings: [],
  checks: [],
  override: null,
  about: [],
  recordedAt: null,
  auditAnnotations: {},
} as const;

/** An answer to a request that the policy has nothing to say about. */
export const UNTOUCHED: Answer = { verdict: 'allowed', ...NO_REMARKS };

export interface Denial {
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
  readonly switched: Switch | null;
  readonly about: readonly Target[];
  /** Address of the page that describes the checks. */
  readonly docs: string;
  /** A further sentence for the user. */
  readonly addition?: string;
}

/** The time after which another replica has taken over, or the API server is less busy. */
const AGAIN_SECONDS = 1;
/** The reason of a violation that says nothing of the request: the mutating entry was not asked about it. */
export const MISSED = 'the mutation was missed';
const PASSING: ReadonlySet<string> = new Set([UNREAD, MISSED]);

/** Refuses with all violations at once, and where each check is described. */
export function denied({ violations, warnings, switched, about, docs, addition = '' }: Denial): Answer {
  const said = violations.map(explain).join('; ');
  const checks = checksOf(violations);
  const anchors = checks.map((check) => `${docs}#${check}`).join(' ');
  return {
    ...NO_REMARKS,
    verdict: 'denied',
    reason: 'Forbidden',
    message: `${said}${addition}. More: ${anchors}`,
    ...(violations.every(({ reason }) => PASSING.has(reason)) && { retryAfterSeconds: AGAIN_SECONDS }),
    checks,
    switched,
    warnings,
    about,
    auditAnnotations: audit({ outcome: 'denied', switched, violations, override: null }),
  };
}

/** The checks of these violations, each once. */
export function checksOf(violations: readonly Violation[]): readonly Violation['check'][] {
  return [...new Set(violations.map(({ check }) => check))];
}

export interface Audited {
  readonly outcome: 'allowed' | 'denied';
  readonly switched: Switch | null;
  readonly violations: readonly Violation[];
  readonly override: string | null;
}

/** What the API server's audit log keeps of a decision; docs/operations.md lists the keys. */
export function audit({ outcome, switched, violations, override }: Audited): Readonly<Record<string, string>> {
  return {
    verdict: outcome,
    ...(switched === null ? {} : { switch: `${switched.kind} ${switched.from ?? 'nothing'} to ${switched.to}` }),
    ...(violations.length === 0
      ? {}
      : { checks: checksOf(violations).join(','), violations: violations.map(explain).join('; ') }),
    ...(override === null ? {} : { override }),
  };
}

/** Warnings for the user: in `warn`, what `enforce` would refuse; in `audit`, nothing of that. */
export function remarks(
  { violations, warnings }: { readonly violations: readonly Violation[]; readonly warnings: readonly string[] },
  mode: Mode,
): readonly string[] {
  if (mode === 'warn') return [...violations.map((each) => `would be refused: ${explain(each)}`), ...warnings];
  return warnings;
}
