import type { Json } from '../../../common/json.ts';
import { colorOf } from '../names.ts';
import { COLORS } from '../types.ts';
import type { Color, Pair } from '../types.ts';
import { colorOwner, objectKey, portOwner, withoutOwnProvider } from './names.ts';
import { referenceOf, resolve } from './reference.ts';
import type { Reference } from './reference.ts';

/**
 * The names of Services by which the entries of a TraefikService can reach a color, for who knows the object alone: what
 * they name without Traefik's own provider, and of a TraefikService also the Service whose port its name can be the key
 * of. In the order of the chart's policies, which decide the same.
 */
export function serviceNamesIn(entries: readonly Json[]): readonly string[] {
  return [...referencesIn(entries).map(({ name }) => name), ...ownersIn(entries)];
}

/** The same of a route: there a TraefikService may have the name of a color. */
export function routedNamesIn(services: readonly Json[]): readonly string[] {
  const named = referencesIn(services).filter(({ kind }) => kind === 'Service');
  return [...named.map(({ name }) => name), ...ownersIn(services)];
}

function referencesIn(entries: readonly Json[]): readonly Pick<Reference, 'kind' | 'name'>[] {
  return entries.map(referenceOf).map(({ kind, name }) => ({ kind, name: withoutOwnProvider(name) }));
}

function ownersIn(entries: readonly Json[]): readonly string[] {
  const keys = referencesIn(entries)
    .filter(({ kind }) => kind === 'TraefikService')
    .map(({ name }) => name);
  return [...keys.map(portOwner), ...keys.map(colorOwner)].filter((name) => name !== null);
}

/** A namespace as Traefik sees it: a pair there, and the keys of the TraefikServices that exist. */
export interface ReleaseSpace {
  readonly namespace: string;
  readonly pair: Pair;
  /** A TraefikService that exists stands for itself and not for a port of a color. */
  readonly keys: ReadonlySet<string>;
}

/**
 * The color of a pair that an entry reaches, whichever of Traefik's names it takes for it: the Service with or without
 * `@kubernetescrd`, or the key of the Service's port as the name of a TraefikService. Null when it reaches none.
 *
 * @param parent the namespace of the object that holds the entry
 */
export function reachedColor(entry: Json, parent: string, { namespace, pair, keys }: ReleaseSpace): Color | null {
  const target = resolve(referenceOf(entry), parent);
  if (target.kind === 'Service') return target.namespace === namespace ? colorOf(pair, target.name) : null;
  if (target.kind !== 'TraefikService' || keys.has(target.key)) return null;
  // Of the names `shop` and `shop-v2` the longer one owns the key `shop-v2-80`.
  const byLength = [...COLORS].sort((a, b) => pair[b].length - pair[a].length);
  return byLength.find((color) => target.key.startsWith(`${objectKey(namespace, pair[color])}-`)) ?? null;
}
