/** Reading JSON that nothing has validated yet: every accessor answers for every input and never throws. */

/** A JSON value as it came over the wire: nothing about it has been checked. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property `key` of an object; undefined for anything else, inherited names included. */
export function get(value: unknown, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at a path of keys; undefined where the path leaves the objects. */
export function at(value: unknown, first: string, ...rest: readonly string[]): Json | undefined {
  let here = get(value, first);
  for (const key of rest) here = get(here, key);
  return here;
}

function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The elements of an array; none for anything else. */
export function list(value: unknown): readonly Json[] {
  return isArray(value) ? value : [];
}

/** A string; null for anything else. */
export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A finite number; null for anything else. */
export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The string elements of an array. */
export function texts(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === 'string');
}

/** The annotation `key` of an object, null when absent or not a string. */
export function annotation(object: JsonObject | null, key: string): string | null {
  return text(get(at(object, 'metadata', 'annotations'), key));
}

/** Parses JSON text into an object; null when it is not one. */
export function parseObject(source: string | null): JsonObject | null {
  if (source === null) return null;
  try {
    const value: unknown = JSON.parse(source);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether two JSON values are equal, whatever the order of their keys. Without recursion: nesting can be deep. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  const pending: [Json | undefined, Json | undefined][] = [[a, b]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [left, right] = pair;
    if (left === right) continue;
    if (isArray(left) && isArray(right)) {
      if (left.length !== right.length) return false;
      for (const [index, item] of left.entries()) pending.push([item, right[index]]);
    } else if (isObject(left) && isObject(right)) {
      const keys = Object.keys(left);
      if (keys.length !== Object.keys(right).length || !keys.every((key) => Object.hasOwn(right, key))) return false;
      for (const key of keys) pending.push([left[key], right[key]]);
    } else return false;
  }
  return true;
}
