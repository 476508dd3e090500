import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { FlagValues } from '../cli/flags.ts';
import { UserError } from '../kube/errors.ts';
import { resourceName } from './find.ts';
import type { TraefikServiceRef } from './find.ts';

/** The color that --color means: a name, or a role. */
export function chosenColor(flags: FlagValues, found: TraefikServiceRef, fallback: 'active' | 'preview'): Color {
  const value =
    flags.list('color').findLast((each) => ['blue', 'green', 'active', 'preview'].includes(each)) ?? fallback;
  if (value === 'blue' || value === 'green') return value;
  const { active } = stateOf(found.object, found.pair);
  if (active === null)
    throw new UserError(`${resourceName(found)} lists no color: say which, --color=blue or --color=green`);
  return value === 'active' ? active : otherColor(active);
}

/** A color by its name; null for anything else. */
export function colorNamed(value: string | undefined): Color | null {
  return value === 'blue' || value === 'green' ? value : null;
}
