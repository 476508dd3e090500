import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';

/** What one look found. `fail` endangers a switch; `warn` may. */
export interface DoctorFinding {
  readonly state: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly area: 'api' | 'webhook' | 'permissions' | 'traefik' | 'releases';
  /** What was looked at and what it is like. */
  readonly title: string;
  /** What it means and what to do about it; null where all is well. */
  readonly advice: string | null;
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

export type DoctorCheck = (context: DoctorContext) => Promise<readonly DoctorFinding[]>;

type Make = (title: string, advice?: string) => DoctorFinding;

/** Makers of findings for one area. */
export function findingsOf(area: DoctorFinding['area']): Record<DoctorFinding['state'], Make> {
  function make(state: DoctorFinding['state']): Make {
    return (title, advice) => ({ state, area, title, advice: advice ?? null });
  }
  return { ok: make('ok'), warn: make('warn'), fail: make('fail'), unknown: make('unknown') };
}
