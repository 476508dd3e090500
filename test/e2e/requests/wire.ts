// What kubectl sends for each way of writing, without its process: a table of some thousand rows does not need one each.
// Real kubectl writes the first row of every way; this has to match what it sends (kubectl v1.34).
import { isObject, sameJson } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { MERGE_PATCH } from '../api.ts';
import { inFull, jsonPatch, LAST_APPLIED, manifest, merged, mergePatch } from './manifest.ts';
import type { Row } from './table.ts';

export interface Request {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whether it is about the one object, not about the collection. */
  readonly named: boolean;
  /** The field manager, and what else kubectl puts into the query. */
  readonly query: Readonly<Record<string, string>>;
  readonly type: string;
  /** Text where a row has one that no JSON writer makes. */
  readonly body: JsonObject | readonly Json[] | string;
}

const JSON_TYPE = 'application/json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';
const STRICT = { fieldValidation: 'Strict' } as const;

/**
 * The request of a row, null where kubectl sends none because nothing would change.
 * @param object what is stored; null for a creation
 */
export function requestOf(row: Row, object: JsonObject | null): Request | null {
  const { verbatim, written, pair } = row;
  const whole = isObject(verbatim) ? verbatim : manifest(row, written);
  const made = mergePatch(pair, written);
  const spelled = typeof verbatim === 'string' ? { body: verbatim } : {};
  switch (row.way) {
    case 'create':
      return creation(whole, 'kubectl-create');
    case 'apply':
      return object === null ? creation(withLastApplied(whole), 'kubectl-client-side-apply') : applied(whole, object);
    case 'server-side apply':
      return serverSide(whole, { fieldManager: 'kubectl', force: 'false' });
    case 'forced server-side apply':
      return serverSide(whole, { fieldManager: 'argocd-controller', force: 'true' });
    case 'replace':
      return { ...creation(replacing(whole, object), 'kubectl-replace'), method: 'PUT', named: true };
    case 'edit':
      return edited(object ?? {}, merged(object ?? {}, made));
    case 'merge patch':
      return patch(isObject(verbatim) ? verbatim : made, 'kubectl-patch');
    case 'json patch':
      return {
        ...patch({}, 'kubectl-patch'),
        type: JSON_PATCH,
        body: Array.isArray(verbatim) ? verbatim : jsonPatch(row),
      };
    case 'annotate':
      return patch({ metadata: { annotations: inFull(written.annotations) } }, 'kubectl-annotate');
    case 'label':
      return patch({ metadata: { labels: written.labels ?? {} } }, 'kubectl-label');
    case 'delete':
      return { method: 'DELETE', named: true, query: {}, type: JSON_TYPE, body: { propagationPolicy: 'Background' } };
    case 'api post':
      return { ...creation(whole, ''), query: {}, ...spelled };
    case 'api merge patch':
      return { ...patch(isObject(verbatim) ? verbatim : made, ''), query: {}, ...spelled };
    default:
      throw new Error(`there is no way ${String(row.way satisfies never)}`);
  }
}

function patch(body: JsonObject, fieldManager: string): Request {
  return { method: 'PATCH', named: true, query: { fieldManager }, type: MERGE_PATCH, body };
}

function creation(body: JsonObject, fieldManager: string): Request {
  return { method: 'POST', named: false, query: { fieldManager, ...STRICT }, type: JSON_TYPE, body };
}

function serverSide(body: JsonObject, query: Readonly<Record<string, string>>): Request {
  return { method: 'PATCH', named: true, query: { ...query, ...STRICT }, type: APPLY_PATCH, body };
}

/** kubectl replace reads the object for its version when the manifest has none. */
function replacing(whole: JsonObject, object: JsonObject | null): JsonObject {
  const metadata = objectOf(whole['metadata']);
  const resourceVersion = metadata['resourceVersion'] ?? objectOf(object?.['metadata'])['resourceVersion'];
  return { ...whole, metadata: { ...metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) } };
}

function edited(from: JsonObject, to: Json | undefined): Request | null {
  const body = difference(from, objectOf(to));
  if (sameJson(body, {})) return null;
  return { method: 'PATCH', named: true, query: { fieldManager: 'kubectl-edit', ...STRICT }, type: MERGE_PATCH, body };
}

/**
 * The three-way merge of `kubectl apply` for a custom resource: what differs from what is stored, and removals of what
 * the manifest before had.
 * Source: k8s.io/apimachinery/pkg/util/jsonmergepatch, CreateThreeWayJSONMergePatch.
 */
function applied(whole: JsonObject, object: JsonObject): Request | null {
  const stored = objectOf(objectOf(object['metadata'])['annotations'])[LAST_APPLIED];
  const before: unknown = typeof stored === 'string' ? JSON.parse(stored) : {};
  const next = withLastApplied(whole);
  const changes = withoutNulls(difference(object, next));
  const removals = onlyNulls(difference(isObject(before) ? before : {}, next));
  const body = objectOf(merged(removals, changes));
  if (sameJson(body, {})) return null;
  const query = { fieldManager: 'kubectl-client-side-apply', ...STRICT };
  return { method: 'PATCH', named: true, query, type: MERGE_PATCH, body };
}

function withLastApplied(whole: JsonObject): JsonObject {
  const metadata = objectOf(whole['metadata']);
  const plain = { ...whole, metadata: { ...metadata, annotations: objectOf(metadata['annotations']) } };
  const annotations = { ...objectOf(metadata['annotations']), [LAST_APPLIED]: `${JSON.stringify(sorted(plain))}\n` };
  return { ...whole, metadata: { ...metadata, annotations } };
}

/** With the keys of every object in order, as Go writes JSON. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => sorted(each));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each ?? null)]));
}

/** The merge patch (RFC 7386) from one object to another. */
export function difference(from: JsonObject, to: JsonObject): JsonObject {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const entries = keys.flatMap((key): [string, Json][] => {
    const [before, after] = [from[key], to[key]];
    if (after === undefined) return [[key, null]];
    if (before !== undefined && sameJson(before, after)) return [];
    if (!isObject(before) || !isObject(after)) return [[key, after]];
    return [[key, difference(before, after)]];
  });
  return Object.fromEntries(entries);
}

function withoutNulls(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).flatMap(([key, value]): [string, Json][] => {
      if (value === null || value === undefined) return [];
      if (!isObject(value)) return [[key, value]];
      const inner = withoutNulls(value);
      return sameJson(inner, {}) && !sameJson(value, {}) ? [] : [[key, inner]];
    }),
  );
}

function onlyNulls(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).flatMap(([key, value]): [string, Json][] => {
      if (value === null) return [[key, null]];
      const inner = isObject(value) ? onlyNulls(value) : {};
      return sameJson(inner, {}) ? [] : [[key, inner]];
    }),
  );
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
