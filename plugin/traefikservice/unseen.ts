import { readRecord, stateOf, weightsWriter } from '../../webhook/policy/index.ts';
import type { Color, HistoryEntry } from '../../webhook/policy/index.ts';
import { ageOf } from '../printers/table.ts';
import type { TraefikServiceRef } from './find.ts';

/** A switch that the weights show and the record does not: it was made while no webhook recorded. */
export interface UnseenSwitch {
  /** What the record takes for active. */
  readonly from: Color;
  readonly to: Color;
  /** RFC 3339; null where the object does not tell. */
  readonly at: string | null;
  /** The field manager. */
  readonly manager: string | null;
}

/** Null where weights and record agree, or nothing is recorded. */
export function unseenSwitch({ object, pair }: Pick<TraefikServiceRef, 'object' | 'pair'>): UnseenSwitch | null {
  const { active: to } = stateOf(object, pair);
  const from = readRecord(object).active?.color ?? null;
  if (to === null || from === null || to === from) return null;
  const writer = weightsWriter(object);
  return { from, to, at: writer?.time ?? null, manager: writer?.manager ?? null };
}

/** What weights and record say, apart from each other. */
export function unseenText({ from, to, at, manager }: UnseenSwitch, now: Date): string {
  const by = manager === null ? '' : `, by "${manager}"${at === null ? '' : ` ${ageOf(at, now)} ago`}`;
  return `the weights make ${to} active, the record ${from}: the webhook did not see the last switch${by}`;
}

/** The same as the history will have it once the webhook is back. */
export function unseenEntry({ from, to, at, manager }: UnseenSwitch): HistoryEntry {
  const known = manager === null ? {} : { manager };
  return { kind: 'unseen', from, to, at: at ?? '', by: null, revision: null, images: [], override: null, ...known };
}
