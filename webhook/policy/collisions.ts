import { sameJson } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import type { JsonObject } from '../../common/json.ts';
import { colorOf } from './names.ts';
import { builtBy } from './traefik/built.ts';
import type { Built, BuiltService } from './traefik/built.ts';
import { storedStateOf } from './weights.ts';
import type { Group, Pair } from './types.ts';

/** A TraefikService, and its pair if it is governed. */
export interface NamedObject {
  readonly group: Group;
  readonly namespace: string;
  readonly object: JsonObject;
  readonly pair: Pair | null;
}

/** Two things that Traefik stores under one key: what a written object brings, and what it would replace. */
export interface Collision {
  readonly key: string;
  /** The TraefikService that needs the key, too; null where the written one collides with itself. */
  readonly other: { readonly group: Group; readonly namespace: string; readonly name: string } | null;
  /** An entry of the written object, or null for the object itself. */
  readonly here: BuiltService | null;
  /** The same of the other one. */
  readonly there: BuiltService | null;
  /** Whether production is among it: the active color of a release, or a release itself. */
  readonly active: boolean;
}

interface Written extends NamedObject {
  /** Null at a creation. */
  readonly oldObject: JsonObject | null;
}

/** The keys that a write takes and that a release needs or takes; what was so before is left out. */
export function collisionsOf(written: Written, others: readonly NamedObject[]): readonly Collision[] {
  const now = builtBy(written.object, written.namespace);
  const taken = takenBy(written);
  const [itself] = now;
  const own = taken
    .filter(({ key, service }) => service !== null && key === itself?.key && written.pair !== null)
    .map(({ key, service }) => ({ key, other: null, here: null, there: service, active: true }));
  return [...own, ...others.flatMap((other) => between(written, taken, other))];
}

/** What Traefik stores anew because of a write. */
function takenBy({ object, oldObject, namespace }: Written): readonly Built[] {
  const before = builtBy(oldObject, namespace);
  return builtBy(object, namespace).filter((each) =>
    each.service === null ? oldObject === null : !before.some((old) => same(old, each)),
  );
}

/** More namespaces than this are looked at by no write: their names would have to be made for it. */
const MAX_NAMESPACES = 8;

/**
 * Namespaces that could hold the keys that a write takes, none where it takes none: namespace `a-b` and name `c` make the
 * same key as `a` and `b-c`.
 */
export function namespacesOf(written: Written): readonly string[] {
  const taken = takenBy(written);
  if (taken.length === 0) return [];
  const found = new Set([written.namespace]);
  for (const { key } of taken)
    for (let dash = key.indexOf('-'); dash !== -1 && found.size < MAX_NAMESPACES; dash = key.indexOf('-', dash + 1))
      found.add(key.slice(0, dash));
  return [...found];
}

function between(written: Written, taken: readonly Built[], other: NamedObject): readonly Collision[] {
  const name = nameOf(other.object);
  const twins = name === nameOf(written.object) && other.namespace === written.namespace;
  const theirs = builtBy(other.object, other.namespace);
  return taken.flatMap((mine) =>
    theirs
      .filter((each) => each.key === mine.key && !same(mine, each))
      // The same object in both groups is on its way from one to the other.
      .filter((each) => !(twins && mine.service === null && each.service === null))
      .filter((each) => concerns(written, mine) || concerns(other, each))
      .map((each) => ({
        key: mine.key,
        other: { group: other.group, namespace: other.namespace, name },
        here: mine.service,
        there: each.service,
        active: serves(written, mine) || serves(other, each),
      })),
  );
}

/** Whether what is stored belongs to a release: a governed object itself, or a color of it. */
function concerns({ pair }: NamedObject, { service }: Built): boolean {
  return pair !== null && (service === null || colorOf(pair, service.name) !== null);
}

function serves({ object, pair }: NamedObject, { service }: Built): boolean {
  if (pair === null) return false;
  if (service === null) return true;
  const color = colorOf(pair, service.name);
  return color !== null && color === storedStateOf(object, pair).active;
}

/** Whether two entries are the same to Traefik: a TraefikService itself is the same as nothing else. */
function same(a: Built, b: Built): boolean {
  if (a.key !== b.key || a.service === null || b.service === null) return false;
  const { name, port, options } = a.service;
  return name === b.service.name && port === b.service.port && sameJson(options, b.service.options);
}
