import { readRecord } from '../../webhook/policy/index.ts';
import type { Color, HistoryEntry } from '../../webhook/policy/index.ts';
import { oneLine } from '../printers/line.ts';
import type { TraefikServiceRef } from './find.ts';

/** The kind of an entry, with what let it through in spite of its findings: `promotion+override`, `promotion+warn`. */
export function kindOf({ kind, override, mode }: HistoryEntry): string {
  if (override !== null && kind !== 'override') return `${kind}+override`;
  return override === null && mode !== undefined ? `${kind}+${mode}` : kind;
}

/** A switch that went through in spite of its findings. */
export interface LetThrough {
  readonly kind: HistoryEntry['kind'];
  /** Ids of the checks that found something. */
  readonly checks: readonly string[];
  /** The mode of the namespace then. */
  readonly mode: NonNullable<HistoryEntry['mode']>;
  /** The reason of the override; null without one. */
  readonly override: string | null;
}

/** What the switch that made a color active went through in spite of; null where there is nothing, or nothing recorded. */
export function letThrough({ object }: Pick<TraefikServiceRef, 'object'>, active: Color | null): LetThrough | null {
  const last = readRecord(object).history.findLast(({ kind }) => kind !== 'override');
  if (last === undefined || last.to !== active || last.checks === undefined) return null;
  const { kind, checks, mode = 'enforce', override } = last;
  return { kind, checks, mode, override };
}

/** `the promotion had findings of smoke-test, and the mode warn let it through`. */
export function letThroughText({ kind, checks, mode, override }: LetThrough): string {
  const by = override === null ? `the mode ${mode}` : `the override "${oneLine(override)}"`;
  return `the ${kind} had findings of ${checks.join(', ')}, and ${by} let it through`;
}
