import { at, get, list, number } from '../../common/json.ts';
import { colorOf } from './names.ts';
import { withoutOwnProvider } from './traefik/names.ts';
import { referenceOf } from './traefik/reference.ts';
import type { Color, Pair } from './types.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/** An entry of `spec.weighted.services`. */
export interface Child {
  /** Position in the list. */
  readonly index: number;
  /** The object that it names, without Traefik's own provider: `green` of `green@kubernetescrd`. */
  readonly name: string;
  /** The name as it is written. */
  readonly written: string;
  readonly kind: string;
  /** Null when the entry leaves it out or empty: the TraefikService's own namespace. */
  readonly namespace: string | null;
  /** `missing` also for null, which the API server prunes; `invalid` for what is no integer. */
  readonly weight: number | 'missing' | 'invalid';
  readonly port: Json | undefined;
  /** As it is written. */
  readonly entry: Json;
}

/** What an object says about its pair. */
export interface State {
  readonly children: readonly Child[];
  /** The first entry of each color. */
  readonly blue: Child | null;
  readonly green: Child | null;
  /**
   * The color with the greater weight in all of its entries, blue on a tie, null when neither is listed or only a green
   * of weight 0. Never read from an annotation.
   */
  readonly active: Color | null;
}

/** The entries of `spec.weighted.services`; what is no object or has no name is an entry with an empty name. */
export function childrenOf(object: JsonObject | null): readonly Child[] {
  return list(at(object, 'spec', 'weighted', 'services')).map((entry, index) => {
    const { kind, name, namespace } = referenceOf(entry);
    return {
      index,
      name: withoutOwnProvider(name),
      written: name,
      kind,
      namespace,
      weight: weightOf(get(entry, 'weight')),
      port: get(entry, 'port'),
      entry,
    };
  });
}

function weightOf(value: Json | undefined): Child['weight'] {
  if (value === undefined || value === null) return 'missing';
  const weight = number(value);
  return weight !== null && Number.isInteger(weight) ? weight : 'invalid';
}

/** The weight that Traefik counts: 1 where it is missing (traefik/traefik, pkg/server/service). */
export function effectiveWeight(child: Child | null): number {
  if (child === null || child.weight === 'invalid') return 0;
  return child.weight === 'missing' ? 1 : child.weight;
}

/** Reads an object's children as its pair. */
export function stateOf(object: JsonObject | null, pair: Pair): State {
  const children = childrenOf(object);
  const blue = children.find((child) => colorOf(pair, child.name) === 'blue') ?? null;
  const green = children.find((child) => colorOf(pair, child.name) === 'green') ?? null;
  return { children, blue, green, active: activeOf(children, pair) };
}

function activeOf(children: readonly Child[], pair: Pair): Color | null {
  const blue = totalOf(children, pair.blue);
  return (totalOf(children, pair.green) ?? 0) > (blue ?? 0) ? 'green' : blue === null ? null : 'blue';
}

/** The weight of all entries of a name, null when there is none. */
function totalOf(children: readonly Child[], name: string): number | null {
  const entries = children.filter((child) => child.name === name);
  return entries.length === 0 ? null : entries.reduce((total, child) => total + effectiveWeight(child), 0);
}
