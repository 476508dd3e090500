import { readRecord, sameImages, stateOf } from '../../webhook/policy/index.ts';
import type { Color, ReleaseRecord } from '../../webhook/policy/index.ts';
import { ageOf } from '../printers/table.ts';
import { shortImages } from './names.ts';
import type { TraefikServiceRef } from './find.ts';

/** A version that was active and that a promotion replaced. */
interface Former {
  readonly color: Color;
  readonly images: readonly string[];
  /** RFC 3339. */
  readonly until: string;
}

/**
 * The last version that a promotion replaced, other than the active one; null where the record knows none. What a
 * rollback went back from is none.
 */
export function formerVersion({ object, pair }: Pick<TraefikServiceRef, 'object' | 'pair'>): Former | null {
  const record = readRecord(object);
  const { active } = stateOf(object, pair);
  const now = record.active?.color === active ? record.active.images : [];
  const versions = [...inHistory(record), ...record.former].filter(
    ({ images }) => images.length > 0 && !sameImages(images, now),
  );
  return versions.sort((a, b) => Date.parse(a.until) - Date.parse(b.until)).at(-1) ?? null;
}

/** `shop:1.0 was active on blue until 12m ago`. */
export function formerText({ color, images, until }: Former, now: Date): string {
  return `${shortImages(images)} was active on ${color} until ${ageOf(until, now)} ago`;
}

/** The same from the history, for a record of an older webhook: what became active, and was replaced by a promotion. */
function inHistory({ history }: ReleaseRecord): readonly Former[] {
  const switches = history.filter(({ kind }) => kind !== 'override');
  return switches.flatMap(({ to, images }, index) => {
    const next = switches[index + 1];
    return next?.kind === 'promotion' ? [{ color: to, images, until: next.at }] : [];
  });
}
