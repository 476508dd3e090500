import { isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/** An object after a JSON merge patch (RFC 7396), as `kubectl patch --type merge` sends it: null removes a key. */
export function mergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  const entries = new Map(Object.entries(object));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) entries.delete(key);
    else entries.set(key, isObject(value) ? mergePatch(objectOr(entries.get(key)), value) : value);
  }
  return Object.fromEntries(entries);
}

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
