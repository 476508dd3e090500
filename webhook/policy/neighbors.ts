import { at, text } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { childrenOf, effectiveWeight } from './state.ts';
import { entriesOf } from './traefik/entries.ts';
import { objectKey } from './traefik/names.ts';
import { reachedColor } from './traefik/reach.ts';
import { COLORS } from './types.ts';
import type { Color, Group, Neighbor, Neighbors, Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** The neighbors of a request that needs none. */
export const NO_NEIGHBORS: Neighbors = { known: true, those: [] };

/** The keys under which Traefik stores these TraefikServices. */
export function keysOf(objects: readonly JsonObject[]): ReadonlySet<string> {
  return new Set(objects.map((object) => objectKey(namespaceOf(object), nameOf(object))));
}

/**
 * A TraefikService as a neighbor of a pair; null when it sends nothing to either color.
 *
 * @param keys of the TraefikServices of the namespace
 */
export function neighborOf(object: JsonObject, group: Group, pair: Pair, keys: ReadonlySet<string>): Neighbor | null {
  const namespace = namespaceOf(object);
  const { strategy, entries } = entriesOf(object);
  const reached = entries.map((entry) => reachedColor(entry, namespace, { namespace, pair, keys }));
  const weights = strategy === 'weighted' ? childrenOf(object).map(effectiveWeight) : [];
  const receiving = new Set<Color | null>(reached.filter((_, index) => weights[index] !== 0));
  const sendsTo = COLORS.filter((color) => receiving.has(color));
  if (sendsTo.length === 0) return null;
  const listed = new Set(
    childrenOf(object)
      .filter((child) => child.kind === 'Service' && (child.namespace ?? namespace) === namespace)
      .map(({ name }) => name),
  );
  return {
    group,
    name: nameOf(object),
    sendsTo,
    switchable: listed.has(pair.blue) && listed.has(pair.green),
  };
}

function namespaceOf(object: JsonObject): string {
  return text(at(object, 'metadata', 'namespace')) ?? '';
}
