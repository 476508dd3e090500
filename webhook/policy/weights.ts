import { ANNOTATION } from './annotations.ts';
import { annotation, at, isObject, list } from '../../common/json.ts';
import { colorOf } from './names.ts';
import { stateOf } from './state.ts';
import type { State } from './state.ts';
import { otherColor } from './types.ts';
import type { Color, Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** The state of a stored object. */
export interface StoredState extends State {
  /** Whether both colors are listed and no color has a weight. */
  readonly lost: boolean;
  /** Whether the record names the active color, so that a weight that is missing can be restored from it. */
  readonly recorded: boolean;
}

/**
 * Reads a stored object. Where it leaves out every weight, no weight tells the active color: a sync without weights met
 * nothing that filled them in, and Traefik splits production evenly. There the record tells which color was active.
 */
export function storedStateOf(object: JsonObject, pair: Pair): StoredState {
  const state = stateOf(object, pair);
  const recorded = annotation(object, ANNOTATION.active);
  const lost = state.blue !== null && state.green !== null && isUnwritten(state, pair);
  const active = lost && (recorded === 'blue' || recorded === 'green') ? recorded : state.active;
  return { ...state, active, lost, recorded: active !== null && active === recorded };
}

/** Whether no color that is listed has a weight. */
function isUnwritten({ children }: State, pair: Pair): boolean {
  return children.every(({ name, weight }) => colorOf(pair, name) === null || weight === 'missing');
}

/**
 * Weights that the object leaves out: at an update the old object's (a color that was not listed had none of the
 * traffic), at a creation the complement of the other's 100 or 0, else all to blue; a color alone has all of it.
 */
export function fillWeights(
  object: JsonObject,
  pair: Pair,
  oldState: StoredState | null,
): { readonly object: JsonObject; readonly filled: readonly Color[] } {
  const newState = stateOf(object, pair);
  const weights = new Map<number, number>();
  const filled = new Set<Color>();
  for (const child of newState.children) {
    const color = colorOf(pair, child.name);
    if (color === null || child.weight !== 'missing') continue;
    const weight =
      oldState === null || oldState.active === null
        ? initialWeight(color, newState)
        : keptWeight(color, oldState, newState, pair);
    if (weight === null) continue;
    weights.set(child.index, weight);
    filled.add(color);
  }
  return { object: weights.size === 0 ? object : withWeights(object, weights), filled: [...filled] };
}

function initialWeight(color: Color, newState: State): number {
  const other = newState[otherColor(color)];
  if (other === null || other.weight === 0) return 100;
  if (other.weight === 100) return 0;
  return color === 'blue' ? 100 : 0;
}

/**
 * Where the old object left the weight out, too, and the new one names none, the active color of the record gets all of
 * the traffic again. Null elsewhere: to fill it in would move traffic.
 */
function keptWeight(color: Color, oldState: StoredState, newState: State, pair: Pair): number | null {
  const old = oldState[color];
  if (old === null) return 0;
  if (typeof old.weight === 'number') return old.weight;
  if (oldState.recorded && isUnwritten(newState, pair)) return oldState.active === color ? 100 : 0;
  return oldState.active === color && newState[otherColor(color)] === null ? 100 : null;
}

function withWeights(object: JsonObject, weights: ReadonlyMap<number, number>): JsonObject {
  const spec = at(object, 'spec');
  const weighted = at(spec, 'weighted');
  if (!isObject(spec) || !isObject(weighted)) return object;
  const services = list(weighted['services']).map((entry, index) => {
    const weight = weights.get(index);
    return weight === undefined || !isObject(entry) ? entry : { ...entry, weight };
  });
  return { ...object, spec: { ...spec, weighted: { ...weighted, services } } };
}
