import { checksOf, docsLine, explain, findingLine, LOOKUP_FAILED, warningLines } from '../policy/index.ts';
import type { Evaluation, Mode, Switch, Finding } from '../policy/index.ts';
import type { Answer, TraefikServiceRef } from './types.ts';

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
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly switched: Switch | null;
  readonly about: readonly TraefikServiceRef[];
  /** Where the pages of docs/ are published. */
  readonly docsUrl: string;
  /** A further sentence for the user. */
  readonly addition?: string;
}

/** The time after which another replica has taken over, or the API server is less busy. */
const AGAIN_SECONDS = 1;
/** The reason of a finding that says nothing of the request: the mutating webhook was not asked about it. */
export const MISSED = 'the mutation was missed';
const PASSING: ReadonlySet<string> = new Set([LOOKUP_FAILED, MISSED]);

/** Denies with all findings: a line each, then the address of the page about their checks. */
export function denied({ findings, warnings, switched, about, docsUrl, addition = '' }: Denial): Answer {
  const checks = checksOf(findings);
  const lines = findings.map(findingLine);
  const listed = lines.length === 1 ? lines : [`${lines.length} findings:`, ...lines.map((line) => `- ${line}`)];
  const message = [...listed, ...(addition === '' ? [] : [addition]), docsLine(checks, docsUrl)].join('\n');
  return {
    ...NO_REMARKS,
    verdict: 'denied',
    reason: 'Forbidden',
    message,
    ...(findings.every(({ reason }) => PASSING.has(reason)) && { retryAfterSeconds: AGAIN_SECONDS }),
    checks,
    switched,
    warnings: warnings.map(explain),
    about,
    auditAnnotations: audit({ outcome: 'denied', switched, findings, override: null }),
  };
}

export interface Audited {
  readonly outcome: 'allowed' | 'denied';
  readonly switched: Switch | null;
  readonly findings: readonly Finding[];
  readonly override: string | null;
}

/** What the API server's audit log keeps of a decision; docs/operations.md lists the keys. */
export function audit({ outcome, switched, findings, override }: Audited): Readonly<Record<string, string>> {
  return {
    verdict: outcome,
    ...(switched === null ? {} : { switch: `${switched.kind} ${switched.from ?? 'nothing'} to ${switched.to}` }),
    ...(findings.length === 0
      ? {}
      : { checks: checksOf(findings).join(','), findings: findings.map(explain).join('; ') }),
    ...(override === null ? {} : { override }),
  };
}

/** Warnings for the user: in `warn`, what `enforce` would deny; in `audit`, nothing of that. */
export function remarks({ findings, ...rest }: Evaluation, mode: Mode): readonly string[] {
  const warnings = warningLines(rest);
  return mode === 'warn' ? [...findings.map((each) => `would be denied: ${explain(each)}`), ...warnings] : warnings;
}
