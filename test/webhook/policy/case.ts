import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { get, isObject, list, texts } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { mergePatch } from '../../common/merge-patch.ts';
import { readYaml } from '../../yaml.ts';

/**
 * A case of a policy in YAML. Its objects are manifests. One that shares most with others says what it starts from:
 * `from: NAME`, or several names in their order, beside the fields that differ; NAME alone where none does. Names and
 * fields are JSON merge patches, each on what the one before it made.
 */
export type Shared = (name: string) => JsonObject;

export const VERDICTS = ['pass', 'fail'] as const;

export function namesIn(...path: readonly string[]): readonly string[] {
  return readdirSync(join(...path)).sort();
}

/** The object of a YAML file; fails on a key that no case has. */
export function readCase(file: string, keys: string): JsonObject {
  const source: unknown = readYaml(file);
  if (!isObject(source)) throw new Error(`${file}: not an object`);
  const known = new Set(keys.split(' '));
  const stray = Object.keys(source).filter((key) => !known.has(key));
  if (stray.length > 0) throw new Error(`${file}: unknown keys ${stray.join(', ')}`);
  return source;
}

/** An object in full; null for what is no object. */
export function expand(value: unknown, shared: Shared): JsonObject | null {
  if (typeof value === 'string') return expand(shared(value), shared);
  if (!isObject(value)) return null;
  const { from, ...own } = value;
  const names = typeof from === 'string' ? [from] : texts(from);
  return names.length === 0 ? value : [...names.map((name) => expand(name, shared) ?? {}), own].reduce(mergePatch);
}

/** The objects of a list in full. */
export function expandAll(values: unknown, shared: Shared): readonly JsonObject[] {
  return list(values)
    .map((value) => expand(value, shared))
    .filter((object) => object !== null);
}

/** The object before a request, and the one that it sends: `apply` in full, or `patch` on the one before. */
export function objectsOf(
  source: JsonObject,
  shared: Shared,
): { readonly before: JsonObject | null; readonly requested: JsonObject | null } {
  const before = expand(get(source, 'before'), shared);
  const patch = expand(get(source, 'patch'), shared);
  const requested = patch === null ? expand(get(source, 'apply'), shared) : mergePatch(before ?? {}, patch);
  return { before, requested };
}
