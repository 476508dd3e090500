import { ANNOTATION } from './annotations.ts';
import { annotation } from '../../common/json.ts';
import { pairOfName } from './names.ts';
import { allEntriesOf } from './traefik/entries.ts';
import { serviceNamesIn } from './traefik/reach.ts';
import type { Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/**
 * Whether the policy applies to a TraefikService: it names a pair; or it lists a color alone, and then only if the other
 * color's Service exists (the first candidate whose `sibling` does); or it is none of ours.
 */
export type Governance =
  | { readonly kind: 'pair'; readonly pair: Pair }
  | { readonly kind: 'sibling'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'no' };

export interface Candidate {
  readonly pair: Pair;
  /** Name of the Service that makes this a pair. */
  readonly sibling: string;
}

/** A list of many colors without siblings is no release; more look-ups than this would be a way to keep the webhook busy. */
const MAX_CANDIDATES = 8;

interface Objects {
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
}

/**
 * Decides from names, annotations and the old object, which fixes the pair: renaming children or dropping annotations
 * does not end governance. Names come before annotations, which could otherwise swap or replace a color. The ValidatingAdmissionPolicy of the chart decides the same, except for `sibling`, which
 * needs a look-up.
 */
export function governed({ object, oldObject }: Objects): Governance {
  const oldNames = namesOf(oldObject);
  const names = namesOf(object);
  const pair =
    pairWithin(oldNames) ??
    annotatedPair(oldObject, [...oldNames, ...names]) ??
    (annotation(oldObject, ANNOTATION.active) === null ? null : firstPair(oldNames)) ??
    pairWithin(names) ??
    annotatedPair(object, [...oldNames, ...names]);
  if (pair !== null) return { kind: 'pair', pair };
  return lonelyColor([...oldNames, ...names]);
}

/** Every name through which an object reaches a Service, as Traefik reads its names. */
export function namesOf(object: JsonObject | null): readonly string[] {
  return serviceNamesIn(allEntriesOf(object));
}

/** The pair that the annotations name, if both are there and differ and one of them is used. */
function annotatedPair(object: JsonObject | null, names: readonly string[]): Pair | null {
  const blue = annotation(object, ANNOTATION.blue);
  const green = annotation(object, ANNOTATION.green);
  if (!blue || !green || blue === green) return null;
  return names.includes(blue) || names.includes(green) ? { blue, green } : null;
}

function pairWithin(names: readonly string[]): Pair | null {
  const present = new Set(names);
  for (const name of names) {
    const pair = pairOfName(name);
    if (pair !== null && present.has(pair.blue) && present.has(pair.green)) return pair;
  }
  return null;
}

function firstPair(names: readonly string[]): Pair | null {
  for (const name of names) {
    const pair = pairOfName(name);
    if (pair !== null) return pair;
  }
  return null;
}

function lonelyColor(names: readonly string[]): Governance {
  const candidates = new Map<string, Candidate>();
  for (const name of names) {
    const pair = pairOfName(name);
    if (pair === null) continue;
    candidates.set(name, { pair, sibling: name === pair.blue ? pair.green : pair.blue });
    if (candidates.size === MAX_CANDIDATES) break;
  }
  return candidates.size === 0 ? { kind: 'no' } : { kind: 'sibling', candidates: [...candidates.values()] };
}
