import { RECORD_ANNOTATIONS } from '../annotations.ts';
import { annotation } from '../../../common/json.ts';
import type { Check, CheckResult } from './check.ts';

/**
 * Decisions rest on the record, so it is computed from the old object whatever the request says. A user who wrote,
 * dropped or copied it learns that it was restored. A manifest that has none of it (`kubectl replace` from Git) is as it
 * should be.
 */
export const record: Check = {
  id: 'record',
  rule: "The webhook's own annotations are not the user's to write: they are restored, with a warning.",
  cel: 'no',
  touched: () => true,
  find: ({ change, object }) => {
    if (RECORD_ANNOTATIONS.every((key) => annotation(change.object, key) === null)) return [];
    return RECORD_ANNOTATIONS.filter((key) => {
      const submitted = annotation(change.object, key);
      const old = change.operation === 'CREATE' ? null : annotation(change.oldObject, key);
      return submitted !== old && submitted !== annotation(object, key);
    }).map((key): CheckResult => {
      const detail = `${key} is written by the webhook only: what this request did to it was undone`;
      return { severity: 'warning', reason: 'a record annotation was restored', detail };
    });
  },
};
