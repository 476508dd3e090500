import { readRecord, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, number } from '../../common/json.ts';

/** Which switch made a color active: what is true of one is not true of the next, whatever the color. */
export interface SwitchId {
  readonly color: Color | null;
  /** Of the record, which the webhook writes at every switch; null where it does not have this one. */
  readonly since: string | null;
  readonly by: string | null;
  /** The API server counts every change of the spec. */
  readonly generation: number | null;
}

/** The last switch of an object. */
export function switchIn(object: JsonObject, pair: Pair): SwitchId {
  const { active: color } = stateOf(object, pair);
  const { active } = readRecord(object);
  const recorded = active !== null && active.color === color ? active : null;
  return {
    color,
    since: recorded?.since ?? null,
    by: recorded?.by ?? null,
    generation: number(at(object, 'metadata', 'generation')),
  };
}

/**
 * Whether both are one switch. Where the record does not have both, any change of the spec may have been another one; the
 * webhook enters a switch that it did not see later.
 */
export function sameSwitch(a: SwitchId, b: SwitchId): boolean {
  if (a.color !== b.color) return false;
  return a.since !== null && b.since !== null ? a.since === b.since : a.generation === b.generation;
}
