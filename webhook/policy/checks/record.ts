import { RECORD_ANNOTATIONS } from '../annotations.ts';
import { annotation } from '../../../common/json.ts';
import { warning } from './check.ts';
import type { Check } from './check.ts';

/**
 * Decisions rest on the record, so it is computed from the old object whatever the request says. A user who wrote,
 * dropped or copied it learns that it was restored. A manifest that has none of it (`kubectl replace` from Git) is as it
 * should be.
 */
export const record: Check = {
  id: 'record',
  description: 'Only the webhook writes its own annotations: changes are reverted, with a warning.',
  cel: 'partly',
  needs: 'stored object',
  touched: () => true,
  find: ({ change, object }) => {
    if (RECORD_ANNOTATIONS.every((key) => annotation(change.object, key) === null)) return [];
    return RECORD_ANNOTATIONS.filter((key) => {
      const submitted = annotation(change.object, key);
      const old = change.operation === 'CREATE' ? null : annotation(change.oldObject, key);
      return submitted !== old && submitted !== annotation(object, key);
    }).map((key) =>
      warning(
        'a record annotation was restored',
        `${key} is written by the webhook only; this request cannot change it`,
      ),
    );
  },
};
