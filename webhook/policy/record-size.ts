import { at, isObject, text } from '../../common/json.ts';
import type { ReleasedColor, ReleaseRecord } from './record.ts';
import type { JsonObject } from '../../common/json.ts';

/** Kubernetes' bound on the keys and values of all annotations of an object, in bytes. */
const ANNOTATIONS_LIMIT = 262_144;
/** What the record takes of it at most, in bytes, and former versions of the record. */
const RECORD_LIMIT = 32_768;
const FORMER_LIMIT = 4_096;
/** What the image ids of each color take at most, in bytes: a part of them would tell nothing. */
const IMAGE_IDS_LIMIT = 4_096;

/**
 * The record with as much of its lists as there is room for beside the other annotations: first its latest event, then
 * image ids, former versions, and older events, the latest first. They must never be what makes a switch too large to be
 * stored.
 */
export function fitted(written: ReleaseRecord, object: JsonObject, key: string): ReleaseRecord {
  const room = Math.min(RECORD_LIMIT, ANNOTATIONS_LIMIT - sizeWithout(object, key) - Buffer.byteLength(key));
  const record = withFittingImageIDs(written, room);
  const bare = sizeOf({ ...record, history: [], former: [] });
  const latest = fitting(record.history.slice(-1), room - bare);
  const former = fitting(record.former, Math.min(FORMER_LIMIT, room - bare - sizeOfAll(latest)));
  const history = fitting(record.history, room - bare - sizeOfAll(former));
  const whole = history.length === record.history.length && former.length === record.former.length;
  return whole ? record : { ...record, history, former };
}

function withFittingImageIDs(record: ReleaseRecord, room: number): ReleaseRecord {
  function without(release: ReleasedColor | null, limit: number): ReleasedColor | null {
    return release === null || sizeOf(release.imageIDs) <= limit ? release : { ...release, imageIDs: [] };
  }
  const { active, previous } = record;
  const fits = sizeOf({ ...record, history: record.history.slice(-1), former: [] }) <= room;
  const limit = fits ? IMAGE_IDS_LIMIT : 0;
  const kept = { active: without(active, limit), previous: without(previous, limit) };
  return kept.active === active && kept.previous === previous ? record : { ...record, ...kept };
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
