import { nameOf } from '../../common/objects.ts';
import { at, sameJson } from '../../common/json.ts';
import { answering, byKey, objectKey, reachedBy, referenceOf, rulesOf, stateOf } from '../policy/index.ts';
import type { Group, ObjectsByKey, Reach, Routed, RouteRule, Sight } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import type { Reader } from './reader.ts';
import { endpointsOf } from './revisions.ts';
import type { UsageReader } from './usage-reader.ts';
import { governedAmong } from './usage.ts';
import type { Governed, Grouped } from './usage.ts';

interface Named {
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
}

/** A change of an IngressRoute; null where there is no such object. */
export interface RouteChange extends Named {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** Which of them Traefik reads. */
  readonly sight: Sight;
}

/** The TraefikServices of a namespace, as an IngressRoute finds them. */
export interface Space {
  readonly namespace: string;
  readonly all: ObjectsByKey;
  readonly governed: readonly Governed[];
}

export function spaceOf(objects: readonly Grouped[], namespace: string): Space {
  const all = byKey(
    objects.map(({ object }) => object),
    namespace,
  );
  return { namespace, all, governed: governedAmong(objects) };
}

/** Keys of the TraefikServices that the rules of an IngressRoute lead to. */
export function reachedFrom(route: JsonObject | null, { namespace, all }: Omit<Space, 'governed'>, reach: Reach) {
  const entries = rulesOf(route).flatMap(({ services }) => (reach === 'needed' ? services : answering(services)));
  return reachedBy(entries, { namespace, all, reach });
}

/** Names of the IngressRoutes of a namespace that need a TraefikService, directly or through others. */
export async function routesTo(
  reader: UsageReader,
  { group, namespace, name }: Named,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [routes, objects] = await Promise.all([
    reader.listIngressRoutes(group, namespace, signal),
    reader.listTraefikServices(group, namespace, signal),
  ]);
  const [all, wanted] = [byKey(objects, namespace), objectKey(namespace, name)];
  return routes
    .filter((route) => isThere(route) && reachedFrom(route, { namespace, all }, 'needed').has(wanted))
    .map(nameOf);
}

/** The rules of an IngressRoute, or what stands for them, before and after a change. */
export interface Rules {
  readonly before: readonly RouteRule[];
  readonly after: readonly RouteRule[];
}

/** Rules whose backends no rule had before. */
export function newRules({ before, after }: Rules): readonly RouteRule[] {
  return after.filter(({ services }) => !before.some((rule) => sameJson(rule.services, services)));
}

/** An entry in words: `TraefikService shop`. */
export function writtenTarget(entry: Json | undefined, parent: string): string {
  const { kind, name, namespace } = referenceOf(entry);
  return `${kind} ${name}${namespace === null || namespace === parent ? '' : ` of namespace ${namespace}`}`;
}

/** A governed TraefikService whose active color answers; null for another one. */
export async function activeOf(
  reader: Reader,
  namespace: string,
  { group, object, pair }: Governed,
  signal: AbortSignal,
): Promise<Routed | null> {
  const { active } = stateOf(object, pair);
  if (active === null) return null;
  const slices = await reader.listEndpointSlices(namespace, pair[active], signal);
  if (!endpointsOf(slices).some(({ ready }) => ready)) return null;
  return { group, traefikService: nameOf(object), service: pair[active] };
}

/** A route that is being deleted counts for nothing any more. */
export function isThere(route: JsonObject): boolean {
  return at(route, 'metadata', 'deletionTimestamp') === undefined;
}
