import type { Group } from '../policy/index.ts';

/** Why an Event was written, as `kubectl describe` shows it. docs/operations.md lists them. */
export const REASONS = ['Promoted', 'RolledBack', 'SwitchedUnseen', 'UntestedImages', 'Overridden', 'Denied'] as const;
export type Reason = (typeof REASONS)[number];

/** A TraefikService. */
export interface Subject {
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
  /** Null when it is not known, or the object was never created. */
  readonly uid: string | null;
}

/** Something that happened to a TraefikService, as an Event tells it. */
export interface Occurrence {
  readonly subject: Subject;
  readonly reason: Reason;
  readonly note: string;
  /**
   * What makes two of the same subject and reason one: a thing that happens once has its time here, so that several replicas
   * write it once; anything else what it is about, so that repetitions are counted in one Event.
   */
  readonly key: string;
  readonly once: boolean;
}

/** `kubectl describe` sets warnings off. */
export function typeOf(reason: Reason): 'Normal' | 'Warning' {
  return reason === 'Promoted' || reason === 'RolledBack' ? 'Normal' : 'Warning';
}
