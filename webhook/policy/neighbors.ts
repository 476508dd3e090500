import { at, text } from '../../common/json.ts';
import { childrenOf, effectiveWeight, otherNamesOf } from './state.ts';
import { COLORS } from './types.ts';
import type { Group, Neighbor, Neighbors, Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** The neighbors of a request that needs none. */
export const NO_NEIGHBORS: Neighbors = { known: true, those: [] };

/** A TraefikService as a neighbor of a pair; null when it sends nothing to either color. */
export function neighborOf(object: JsonObject, group: Group, pair: Pair): Neighbor | null {
  const here = text(at(object, 'metadata', 'namespace'));
  const listed = childrenOf(object).filter(
    ({ kind, namespace }) => kind === 'Service' && (namespace === null || namespace === here),
  );
  const weighted = listed.filter((child) => effectiveWeight(child) > 0).map(({ name }) => name);
  const reached = new Set([...weighted, ...otherNamesOf(object)]);
  const sendsTo = COLORS.filter((color) => reached.has(pair[color]));
  if (sendsTo.length === 0) return null;
  const names = new Set(listed.map(({ name }) => name));
  return {
    group,
    name: text(at(object, 'metadata', 'name')) ?? '',
    sendsTo,
    switchable: names.has(pair.blue) && names.has(pair.green),
  };
}
