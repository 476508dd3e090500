import { explain, type Mode, type Switch, type Violation } from '../policy/index.ts';
import type { Answer } from './types.ts';

/** An answer to a request that the policy has nothing to say about. */
export const UNTOUCHED: Answer = { verdict: 'allowed', switched: null, warnings: [], auditAnnotations: {} };

export interface Denial {
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
  readonly switched: Switch | null;
  /** Address of the page that describes the checks. */
  readonly docs: string;
  /** A further sentence for the user. */
  readonly addition?: string;
}

/** Refuses with all violations at once, and where each check is described. */
export function denied({ violations, warnings, switched, docs, addition = '' }: Denial): Answer {
  const said = violations.map(explain).join('; ');
  const anchors = [...new Set(violations.map(({ check }) => `${docs}#${check}`))].join(' ');
  return {
    verdict: 'denied',
    reason: 'Forbidden',
    message: `${said}${addition}. More: ${anchors}`,
    checks: violations.map(({ check }) => check),
    switched,
    warnings,
    auditAnnotations: audit(switched, violations),
  };
}

/** What the API server's audit log keeps of a decision. */
export function audit(switched: Switch | null, violations: readonly Violation[]): Readonly<Record<string, string>> {
  return {
    ...(switched === null ? {} : { switch: `${switched.kind} ${switched.from ?? 'nothing'} to ${switched.to}` }),
    ...(violations.length === 0 ? {} : { violations: violations.map(explain).join('; ') }),
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
