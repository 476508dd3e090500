import type { State } from './state.ts';
import type { Color, Switch } from './types.ts';

/** What tells a rollback from a promotion: the color recorded as previous on the old object, where there is one. */
export interface SwitchInput {
  /** Null at a creation. */
  readonly oldState: State | null;
  readonly newState: State;
  readonly previous: Color | null;
}

/**
 * The switch that a change makes, null when the active color stays. A creation with green active is a promotion from
 * nothing; one with blue active is none: blue is where every release starts.
 */
export function switchOf({ oldState, newState, previous }: SwitchInput): Switch | null {
  const from = oldState?.active ?? null;
  const to = newState.active;
  if (to === null || to === (from ?? 'blue')) return null;
  return { kind: from !== null && to === previous ? 'rollback' : 'promotion', from, to };
}
