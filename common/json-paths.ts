import { at, isObject, list, text } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** The string at a path of keys; undefined for anything that is not a string. */
export function stringAt(value: unknown, first: string, ...rest: readonly string[]): string | undefined {
  return text(at(value, first, ...rest)) ?? undefined;
}

/** The objects of the list at a path of keys; none where there is no list. */
export function objectsAt(value: unknown, first: string, ...rest: readonly string[]): readonly JsonObject[] {
  return list(at(value, first, ...rest)).filter(isObject);
}

/** The object at a path of keys; an empty one for anything else. */
export function objectAt(value: unknown, first: string, ...rest: readonly string[]): JsonObject {
  const found = at(value, first, ...rest);
  return isObject(found) ? found : {};
}

/** `JSON.parse` with a type that admits that nothing about the text is known. */
export function parseJson(source: string): Json {
  return JSON.parse(source);
}
