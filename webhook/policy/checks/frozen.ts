import { freezeOf, freezeText } from '../freeze.ts';
import { denial } from './check.ts';
import type { Check } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** A freeze holds back promotions; a rollback is what it must never hold back. */
export const frozen: Check = {
  id: 'frozen',
  description:
    'While the old or the new object has `bluegreen.dev/frozen: <reason>`, promotions are denied; rollbacks are always allowed.',
  cel: 'yes',
  needs: 'stored object',
  touched: weightsTouched,
  find: ({ switched, change, at }) => {
    if (switched?.kind !== 'promotion') return [];
    const freeze = freezeOf(change.oldObject, at) ?? freezeOf(change.object, at);
    if (freeze === null) return [];
    return [
      denial(
        'promotions are frozen',
        `promotions are frozen${freezeText(freeze)}. To lift the freeze, run: kubectl bluegreen unfreeze ${change.name} -n ${change.namespace}`,
      ),
    ];
  },
};
