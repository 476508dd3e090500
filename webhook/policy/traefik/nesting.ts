import { get, number } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { nameOf } from '../../../common/objects.ts';
import { entriesOf } from './entries.ts';
import { objectKey } from './names.ts';
import { referenceOf, resolve } from './reference.ts';

/** Objects of one kind and one namespace by the key under which Traefik stores them. */
export type ObjectsByKey = ReadonlyMap<string, readonly JsonObject[]>;

/** `answering`: who gets requests. `needed`: everything that Traefik has to build, at weight 0, too. */
export type Reach = 'answering' | 'needed';

export function byKey(objects: readonly JsonObject[], namespace: string): ObjectsByKey {
  return Map.groupBy(objects, (object) => objectKey(namespace, nameOf(object)));
}

/** The key of what an entry names as a TraefikService; null for a Service, another provider, or an unknown kind. */
export function traefikServiceKey(entry: Json, namespace: string): string | null {
  const target = resolve(referenceOf(entry), namespace);
  return target.kind === 'TraefikService' ? target.key : null;
}

/** The backends of a rule of an IngressRoute that get requests: a single one does, whatever its weight. */
export function answering(services: readonly Json[]): readonly Json[] {
  return services.length === 1 ? services : services.filter(hasWeight);
}

/** Keys of the TraefikServices that entries lead to, through any number of others. */
export function reachedBy(
  entries: readonly Json[],
  { namespace, all, reach }: { readonly namespace: string; readonly all: ObjectsByKey; readonly reach: Reach },
): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [...entries];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const key = traefikServiceKey(entry, namespace);
    if (key === null || reached.has(key)) continue;
    reached.add(key);
    for (const object of all.get(key) ?? []) pending.push(...entriesFor(object, reach));
  }
  return reached;
}

/** The backends of a TraefikService that get requests and answer them. */
export function answeringIn(object: JsonObject | null): readonly Json[] {
  return object === null ? [] : entriesFor(object, 'answering');
}

/** A mirror's answer is thrown away; a failover answers by either. */
function entriesFor(object: JsonObject, reach: Reach): readonly Json[] {
  const { strategy, entries } = entriesOf(object);
  if (reach === 'needed' || strategy === 'failover') return entries;
  return strategy === 'mirroring' ? entries.slice(0, 1) : entries.filter(hasWeight);
}

/** Traefik counts a missing weight as 1. */
function hasWeight(entry: Json): boolean {
  return (number(get(entry, 'weight')) ?? 1) > 0;
}
