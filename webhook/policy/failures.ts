import { formatAge } from '../../common/age.ts';
import { annotation, at, get, list, parseObject, text } from '../../common/json.ts';
import { cutAtWord } from '../../common/text.ts';
import { ANNOTATION } from './annotations.ts';
import type { ReleaseRecord } from './record.ts';
import type { Color } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** Characters of a reason in a message. */
const REASON_LIMIT = 80;

/** A time before `now`, both RFC 3339, in words: ` 9s ago`; empty where either is unknown. */
function ago(time: string | null, now: string): string {
  const milliseconds = Date.parse(now) - Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? '' : ` ${formatAge(milliseconds)} ago`;
}

export interface FailureQuery {
  readonly object: JsonObject | null;
  readonly record: ReleaseRecord;
  readonly color: Color;
  /** Name of the revision that the color runs; null where that is not known. */
  readonly revision: string | null;
  /** RFC 3339, the time of the review. */
  readonly now: string;
}

/** When and why a color failed its last analysis: `failed its analysis 9s ago: 29 % errors`; null when it did not. */
export function analysisFailure({ object, record, color, revision, now }: FailureQuery): string | null {
  const value = parseObject(annotation(object, ANNOTATION.analysis));
  if (get(value, 'phase') !== 'Failed' || get(value, 'color') !== color) return null;
  const analyzed = record.history.findLast(({ kind, to }) => kind === 'promotion' && to === color)?.revision ?? null;
  if (analyzed !== null && revision !== null && analyzed !== revision) return null;
  const reason = cutAtWord(text(get(value, 'reason')) ?? '', REASON_LIMIT);
  return `failed its analysis${ago(text(get(value, 'at')), now)}${reason === '' ? '' : `: ${reason}`}`;
}

/** When the smoke-test annotation was written, as the API server has it: ` 9s ago`; empty where it does not tell. */
export function smokeTestAge(object: JsonObject | null, now: string): string {
  const field = `f:${ANNOTATION.smokeTest}`;
  const times = list(at(object, 'metadata', 'managedFields'))
    .filter((entry) => at(entry, 'fieldsV1', 'f:metadata', 'f:annotations', field) !== undefined)
    .map((entry) => text(get(entry, 'time')) ?? '');
  return ago(times.toSorted().at(-1) ?? null, now);
}
