import { at, isObject, text } from '../../common/json.ts';
import type { ReleaseRecord } from './record.ts';
import type { JsonObject } from '../../common/json.ts';

/** Kubernetes' bound on the keys and values of all annotations of an object, in bytes. */
const ANNOTATIONS_LIMIT = 262_144;
/** What the record takes of it at most, in bytes, and former versions of the record. */
const RECORD_LIMIT = 32_768;
const FORMER_LIMIT = 4_096;

/**
 * The record with as much of its lists as there is room for beside the other annotations: first its latest event, then
 * former versions, then older events, the latest first. They must never be what makes a switch too large to be stored.
 */
export function fitted(record: ReleaseRecord, object: JsonObject, key: string): ReleaseRecord {
  const room = Math.min(RECORD_LIMIT, ANNOTATIONS_LIMIT - sizeWithout(object, key) - Buffer.byteLength(key));
  const bare = sizeOf({ ...record, history: [], former: [] });
  const latest = fitting(record.history.slice(-1), room - bare);
  const former = fitting(record.former, Math.min(FORMER_LIMIT, room - bare - sizeOfAll(latest)));
  const history = fitting(record.history, room - bare - sizeOfAll(former));
  const whole = history.length === record.history.length && former.length === record.former.length;
  return whole ? record : { ...record, history, former };
}

/** The last of the values, as many as there is room for. */
function fitting<T extends object>(values: readonly T[], room: number): readonly T[] {
  let left = room;
  const kept: T[] = [];
  for (const value of values.toReversed()) {
    left -= sizeOf(value) + 1;
    if (left < 0) break;
    kept.unshift(value);
  }
  return kept;
}

function sizeOfAll(values: readonly object[]): number {
  return values.reduce((total, value) => total + sizeOf(value) + 1, 0);
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
