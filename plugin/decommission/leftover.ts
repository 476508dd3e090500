import { otherColor, readRecord, readSmokeTest, sameImages, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import { imagesOf, shortImages } from '../traefikservice/names.ts';
import { formatAge } from '../printers/table.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** Whether the previous color is what a switch left behind, and for how long. Times are in milliseconds. */
export type Leftover =
  | { readonly kind: 'left'; readonly color: Color; readonly age: number }
  /** Not now, or not at all; `why` ends a sentence. */
  | { readonly kind: 'not yet' | 'unknown' | 'needed'; readonly color: Color | null; readonly why: string };

/**
 * Judges the previous color by the record: only a version that was active before and that production left long enough ago is a
 * leftover. One that was never active is the preview of the next release.
 */
export function leftoverOf(found: TraefikServiceRef, facts: Facts, after: number, now: number): Leftover {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) return { kind: 'unknown', color: null, why: 'no color is listed' };
  const color = otherColor(active);
  const record = readRecord(found.object);
  const since = record.active?.color === active ? Date.parse(record.active.since ?? '') : Number.NaN;
  const switched = record.history.some(
    ({ kind, to }) => (kind === 'promotion' || kind === 'rollback') && to === active,
  );
  if (Number.isNaN(since) || !switched)
    return {
      kind: 'unknown',
      color,
      why: `no switch to ${active} is recorded, so the age of ${color} as the previous color is unknown`,
    };
  const age = now - since;
  if (age < after)
    return {
      kind: 'not yet',
      color,
      why: `${active} is active for ${formatAge(age)} only, and a rollback is instant until ${formatAge(after)} (--after)`,
    };
  const prepared = preparedOn(found, facts, color);
  return prepared === null ? { kind: 'left', color, age } : { kind: 'needed', color, why: prepared };
}

/** Why the previous color is no leftover but the next release; null where it is one. */
function preparedOn(found: TraefikServiceRef, facts: Facts, color: Color): string | null {
  if (readSmokeTest(found.object)?.color === color) return `${color} is tested and waits to be promoted`;
  if (!facts.known) return `what ${color} runs could not be read (${facts.reason})`;
  const images = imagesOf(facts, color);
  const { history } = readRecord(found.object);
  const last = history.findLast((entry) => entry.to === color && entry.kind !== 'override');
  const replaced = readRecord(found.object).previous;
  const known = replaced?.color === color ? replaced.images : (last?.images ?? []);
  if (images.length === 0 || sameImages([...images].sort(), [...known].sort())) return null;
  const was = known.length === 0 ? 'what was active there is not recorded' : `active was ${shortImages(known)}`;
  return `${color} runs ${shortImages(images)}, which was never active (${was}): it may be the next release`;
}
