import { ANNOTATION } from '../annotations.ts';
import { annotation } from '../../../common/json.ts';
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
  find: ({ switched, change }) => {
    if (switched?.kind !== 'promotion') return [];
    const reason = annotation(change.oldObject, ANNOTATION.frozen) || annotation(change.object, ANNOTATION.frozen);
    if (!reason) return [];
    return [
      denial(
        'promotions are frozen',
        `promotions are frozen: ${reason}. To lift the freeze, run: kubectl bluegreen unfreeze ${change.name} -n ${change.namespace}`,
      ),
    ];
  },
};
