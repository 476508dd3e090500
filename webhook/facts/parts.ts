import { nameOf } from '../../common/objects.ts';
import {
  answering,
  byKey,
  chainedBy,
  GROUPS,
  hasCertificate,
  objectKey,
  partsOfEntries,
  partsOfRoute,
  reachedBy,
} from '../policy/index.ts';
import type { Group, ObjectsByKey, PartKind, PartUse } from '../policy/index.ts';
import type { Json } from '../../common/json.ts';
import type { Reader } from './reader.ts';
import { activeOf, isThere, spaceOf } from './routes.ts';
import type { Space } from './routes.ts';
import type { UsageReader } from './usage-reader.ts';
import { traefikServicesIn } from './usage.ts';
import type { Governed } from './usage.ts';

export interface PartQuery {
  readonly part: PartKind;
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
}

/** A governed TraefikService, and what names parts for it. */
interface Needs {
  readonly release: Governed;
  /** The object that names them, as in `IngressRoute shop`. */
  readonly by: string;
  /** Whether it is no route, or one with a certificate of its own. */
  readonly certified: boolean;
  readonly keys: readonly string[];
}

/**
 * The governed TraefikServices that are routed through, or list by way of, a Middleware, a TLSOption or a ServersTransport,
 * and whose active color answers. None while the other API group has one of the same name: Traefik 2 takes that one.
 * References from other namespaces are not looked at.
 */
export async function usesOfPart(
  reader: Reader & UsageReader,
  query: PartQuery,
  signal: AbortSignal,
): Promise<readonly PartUse[]> {
  const { part, namespace, name, group } = query;
  const space = spaceOf(await traefikServicesIn(reader, namespace, signal), namespace);
  if (space.governed.length === 0) return [];
  const needs = [...needsOfEntries(space, query), ...(await needsOfRoutes(reader, space, query, signal))];
  if (needs.every(({ keys }) => keys.length === 0)) return [];
  const all = await Promise.all(GROUPS.map((each) => reader.listNamed(part, each, namespace, signal)));
  const twin = GROUPS.some((each, index) => each !== group && all[index]?.some((object) => nameOf(object) === name));
  if (twin) return [];
  const parts = byKey(all.flat(), namespace);
  const wanted = objectKey(namespace, name);
  const users = needs.filter(({ keys }) => throughChains(keys, parts, namespace).has(wanted));
  const found = await Promise.all(users.map(async (need) => useOf(reader, namespace, need, signal)));
  return found.filter((use) => use !== null);
}

async function useOf(
  reader: Reader,
  namespace: string,
  { release, by, certified }: Omit<Needs, 'keys'>,
  signal: AbortSignal,
): Promise<PartUse | null> {
  const routed = await activeOf(reader, namespace, release, signal);
  return routed === null ? null : { ...routed, by, certified };
}

/** Of each release its own entries, whatever their weight: what one of them lacks, all of them lack. */
function needsOfEntries({ namespace, governed }: Space, { part }: PartQuery): readonly Needs[] {
  return governed.map((release) => ({
    release,
    by: `TraefikService ${nameOf(release.object)}`,
    certified: true,
    keys: partsOfEntries(release.object, part, namespace),
  }));
}

async function needsOfRoutes(
  reader: UsageReader,
  space: Space,
  { part, group }: PartQuery,
  signal: AbortSignal,
): Promise<readonly Needs[]> {
  if (part === 'ServersTransport') return [];
  const { namespace, governed } = space;
  const routes = (await reader.listIngressRoutes(group, namespace, signal)).filter(isThere);
  return governed.flatMap((release) =>
    routes.map((route) => ({
      release,
      by: `IngressRoute ${nameOf(route)}`,
      certified: hasCertificate(route),
      keys: partsOfRoute(route, part, { namespace, counts: (services) => leadsTo(services, release, space) }),
    })),
  );
}

/** Whether backends of a rule send requests to a governed TraefikService. */
export function leadsTo(services: readonly Json[], { object }: Governed, { namespace, all }: Space): boolean {
  const keys = reachedBy(answering(services), { namespace, all, reach: 'answering' });
  return keys.has(objectKey(namespace, nameOf(object)));
}

/** The keys, and those of what they chain. */
export function throughChains(keys: readonly string[], parts: ObjectsByKey, namespace: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [...keys];
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    if (reached.has(key)) continue;
    reached.add(key);
    for (const object of parts.get(key) ?? []) pending.push(...chainedBy(object, namespace));
  }
  return reached;
}
