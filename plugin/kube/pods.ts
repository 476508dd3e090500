import { at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';

/** Whether a pod is ready and not being deleted. */
export function isReady(pod: JsonObject): boolean {
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return false;
  return objectsAt(pod, 'status', 'conditions').some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
  );
}
