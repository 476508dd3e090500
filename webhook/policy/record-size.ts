import { at, isObject, text } from '../../common/json.ts';
import type { HistoryEntry, ReleaseRecord } from './record.ts';
import type { JsonObject } from '../../common/json.ts';

/** Kubernetes' bound on the keys and values of all annotations of an object, in bytes. */
const ANNOTATIONS_LIMIT = 262_144;
/** What the record takes of it at most, in bytes. */
const RECORD_LIMIT = 32_768;

/**
 * The record with as many of its latest events as there is room for beside the other annotations: a history must never
 * be what makes a switch too large to be stored.
 */
export function fitted(record: ReleaseRecord, object: JsonObject, key: string): ReleaseRecord {
  const room = Math.min(RECORD_LIMIT, ANNOTATIONS_LIMIT - sizeWithout(object, key) - Buffer.byteLength(key));
  let left = room - sizeOf({ ...record, history: [] });
  const kept: HistoryEntry[] = [];
  for (const event of record.history.toReversed()) {
    left -= sizeOf(event) + 1;
    if (left < 0) break;
    kept.unshift(event);
  }
  return kept.length === record.history.length ? record : { ...record, history: kept };
}

function sizeOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function sizeWithout(object: JsonObject, key: string): number {
  const annotations = at(object, 'metadata', 'annotations');
  if (!isObject(annotations)) return 0;
  return Object.entries(annotations)
    .filter(([name]) => name !== key)
    .reduce((size, [name, value]) => size + Buffer.byteLength(`${name}${text(value) ?? ''}`), 0);
}
