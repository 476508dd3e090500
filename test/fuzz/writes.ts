// What somebody writes, and the request that the API server gets for it.
import jsonPatch from 'fast-json-patch';
import { at, isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import { merged } from '../e2e/requests/manifest.ts';
import { difference } from '../e2e/requests/wire.ts';
import { isBuiltIn, isWorkload, pathOf } from './resources.ts';
import type { Kind } from './resources.ts';

/** The ways of kubectl: create, replace, `patch --type merge|json|strategic`, `apply --server-side`, scale, delete. */
export const WAYS = [
  'create',
  'replace',
  'merge patch',
  'json patch',
  'strategic patch',
  'server-side apply',
  'scale',
  'delete',
] as const;
export type Way = (typeof WAYS)[number];

export interface Write {
  readonly way: Way;
  readonly kind: Kind;
  readonly name: string;
  /** The manifest as it shall be, without a namespace; null for a deletion. */
  readonly wanted: JsonObject | null;
}

export interface Request {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly type: string;
  readonly body: JsonObject | readonly JsonObject[];
}

const JSON_TYPE = 'application/json';
/** Another manager than the one that set the release up, with its fields taken over. */
const APPLY = 'fieldManager=somebody&force=true';

/** The ways in which an object of a kind can be changed. */
export function waysToChange(kind: Kind): readonly Way[] {
  const always: readonly Way[] = ['replace', 'merge patch', 'json patch', 'server-side apply'];
  return isBuiltIn(kind) ? [...always, 'strategic patch'] : always;
}

export function canScale(kind: Kind): boolean {
  return isWorkload(kind) && kind !== 'DaemonSet';
}

/**
 * The request of a write in a namespace.
 * @param before the manifest that the write starts from; null for an object that nobody had written
 * @param stored the object as the API server has it
 */
export function requestOf(
  { way, kind, name, wanted }: Write,
  namespace: string,
  before: JsonObject | null,
  stored: JsonObject | null,
): Request {
  const path = pathOf(kind, namespace, name);
  const target = wanted ?? {};
  const change = difference(before ?? {}, target);
  const patch = { method: 'PATCH', path } as const;
  switch (way) {
    case 'create':
      return { method: 'POST', path: pathOf(kind, namespace), type: JSON_TYPE, body: target };
    case 'replace':
      return { method: 'PUT', path, type: JSON_TYPE, body: changed(stored ?? {}, change) };
    case 'merge patch':
      return { ...patch, type: 'application/merge-patch+json', body: change };
    case 'strategic patch':
      return { ...patch, type: 'application/strategic-merge-patch+json', body: change };
    case 'json patch':
      return { ...patch, type: 'application/json-patch+json', body: operations(stored ?? {}, change) };
    case 'server-side apply':
      return { ...patch, path: `${path}?${APPLY}`, type: 'application/apply-patch+yaml', body: target };
    case 'scale': {
      const body = { spec: { replicas: at(target, 'spec', 'replicas') ?? 0 } };
      return { ...patch, path: `${path}/scale`, type: 'application/merge-patch+json', body };
    }
    case 'delete':
      return { method: 'DELETE', path, type: JSON_TYPE, body: { propagationPolicy: 'Background' } };
    default:
      throw new Error(`there is no way ${String(way satisfies never)}`);
  }
}

function changed(stored: JsonObject, change: JsonObject): JsonObject {
  const result: Json | undefined = merged(stored, change);
  return isObject(result) ? result : {};
}

function operations(stored: JsonObject, change: JsonObject): readonly JsonObject[] {
  return jsonPatch.compare(stored, changed(stored, change)).map((operation) => ({ ...operation }));
}

/** The manifest of an object that the API server returned: without its namespace and what the API server adds. */
export function manifestOf(stored: JsonObject): JsonObject {
  const { status: _, ...rest } = stored;
  const metadata = objectAt(stored, 'metadata');
  const kept = ['name', 'labels', 'annotations', 'finalizers', 'ownerReferences'].filter((key) => key in metadata);
  return { ...rest, metadata: Object.fromEntries(kept.map((key) => [key, metadata[key]])) };
}
