import { at } from './json.ts';
import type { JsonObject } from './json.ts';
import { objectsAt, stringAt } from './json-paths.ts';

/** The name of an object; empty for one without. */
export function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

/** Whether a pod has the condition Ready, which a pod that is being deleted may keep. */
export function hasReadyCondition(pod: JsonObject): boolean {
  return objectsAt(pod, 'status', 'conditions').some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
  );
}

/** Whether a pod is ready and not being deleted. */
export function isReady(pod: JsonObject): boolean {
  return stringAt(pod, 'metadata', 'deletionTimestamp') === undefined && hasReadyCondition(pod);
}
