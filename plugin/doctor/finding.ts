import { DOCS_URL } from '../../common/docs.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';

/** Every check, and under which heading its findings are shown. docs/doctor.md has a section for each. */
export const CHECKS = {
  'api-server': 'api',
  'kubernetes-version': 'api',
  'kubectl-version': 'api',
  'namespace-exists': 'api',
  'webhook-configurations': 'webhook',
  'webhook-fails-closed': 'webhook',
  'webhook-certificates': 'webhook',
  'webhook-policy': 'webhook',
  'webhook-answers': 'webhook',
  'webhook-pods': 'webhook',
  'webhook-version': 'webhook',
  permissions: 'permissions',
  'traefik-definitions': 'traefik',
  'traefik-pods': 'traefik',
  'traefik-version': 'traefik',
  'traefik-options': 'traefik',
  'traefik-agreement': 'traefik',
  'traefik-readable': 'traefik',
  'releases-listed': 'releases',
  'release-production': 'releases',
  'release-pods': 'releases',
  'release-findings': 'releases',
  'release-guarded': 'releases',
  'release-kept': 'releases',
  'weights-filled': 'releases',
  'not-governed': 'releases',
  'route-ends': 'releases',
} as const;

export type CheckName = keyof typeof CHECKS;

/** What one check found. `fail` endangers a switch; `warn` may. */
export interface DoctorFinding {
  readonly state: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly area: (typeof CHECKS)[CheckName];
  readonly check: CheckName;
  /** What was looked at and what it is like. */
  readonly title: string;
  /** What it means and what to do about it; null where all is well. */
  readonly advice: string | null;
  /** The page about it. */
  readonly url: string;
}

/** What a look needs. */
export interface DoctorContext {
  readonly session: Session;
  readonly io: Io;
  /** Null for all namespaces. */
  readonly namespace: string | null;
  /** The value of --traefik. */
  readonly traefik: string | undefined;
}

export type DoctorLook = (context: DoctorContext) => Promise<readonly DoctorFinding[]>;

type Make = (title: string, advice?: string) => DoctorFinding;

/** Makers of findings of one check. */
export function findingsOf(check: CheckName): Record<DoctorFinding['state'], Make> {
  function make(state: DoctorFinding['state']): Make {
    const area = CHECKS[check];
    return (title, advice) => ({ state, area, check, title, advice: advice ?? null, url: pageOf(check) });
  }
  return { ok: make('ok'), warn: make('warn'), fail: make('fail'), unknown: make('unknown') };
}

function pageOf(check: CheckName): string {
  return `${DOCS_URL}/doctor.md#${check}`;
}
