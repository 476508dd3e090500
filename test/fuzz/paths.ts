// Places inside a JSON value, written as JSON pointers (RFC 6901): `/spec/ports/0/name`.
import { isObject, list, sameJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';

export type Path = readonly string[];

export function parsePath(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function formatPath(path: Path): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value)) return valueAt(list(value)[Number(first)], rest);
  return isObject(value) ? valueAt(value[first], rest) : undefined;
}

/**
 * The value with another one at a place; undefined removes what is there. Objects on the way are made where they are
 * missing, `-` appends to a list (which is made too), and a place inside anything else stays as it is.
 */
export function withValueAt(value: Json | undefined, path: Path, wanted: Json | undefined): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return wanted;
  if (Array.isArray(value) || (first === '-' && value === undefined)) return inList(list(value), first, rest, wanted);
  if (value !== undefined && !isObject(value)) return value;
  if (value === undefined && wanted === undefined) return undefined;
  const inner = withValueAt(value?.[first], rest, wanted);
  const others = Object.entries(value ?? {}).filter(([key]) => key !== first);
  if (inner === undefined) return Object.fromEntries(others);
  if (value !== undefined && Object.hasOwn(value, first)) return { ...value, [first]: inner };
  return Object.fromEntries([...others, [first, inner]]);
}

function inList(items: readonly Json[], first: string, rest: Path, wanted: Json | undefined): Json {
  const index = first === '-' ? items.length : Number(first);
  if (!(index >= 0 && index <= items.length)) return [...items];
  const inner = withValueAt(items[index], rest, wanted);
  return [...items.slice(0, index), ...(inner === undefined ? [] : [inner]), ...items.slice(index + 1)];
}

/** A place where two values differ, and what stands there. */
export interface Difference {
  readonly path: Path;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Where two values differ, as deep as both have the same shape; lists of another length differ as a whole. */
export function differences(before: Json | undefined, after: Json | undefined, path: Path = []): readonly Difference[] {
  if (sameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && list(before).length === list(after).length)
    return list(before).flatMap((item, index) => differences(item, list(after)[index], [...path, String(index)]));
  return [{ path, before, after }];
}
