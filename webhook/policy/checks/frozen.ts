import { ANNOTATION } from '../annotations.ts';
import { annotation } from '../../../common/json.ts';
import type { Check } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** A freeze holds back promotions; a rollback is what it must never hold back. */
export const frozen: Check = {
  id: 'frozen',
  rule: 'While `bluegreen.dev/frozen: <reason>` stands on the old or the new object, promotions are denied, rollbacks never.',
  cel: 'yes',
  touched: weightsTouched,
  find: ({ switched, change }) => {
    if (switched?.kind !== 'promotion') return [];
    const reason = annotation(change.oldObject, ANNOTATION.frozen) || annotation(change.object, ANNOTATION.frozen);
    if (!reason) return [];
    return [
      {
        severity: 'denied',
        reason: 'promotions are frozen',
        detail: `promotions are frozen: ${reason}. When that is over, first run: kubectl bluegreen unfreeze ${change.name} -n ${change.namespace}`,
      },
    ];
  },
};
