import { nameOf } from '../../common/objects.ts';
import { at, get, list, text } from '../../common/json.ts';
import type { Routed, Group } from '../policy/index.ts';
import { stateOf, GROUPS } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Reader } from './reader.ts';
import { endpointsOf } from './revisions.ts';
import type { UsageReader } from './usage-reader.ts';
import { governedIn } from './usage.ts';
import type { Governed } from './usage.ts';

interface RouteTarget {
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
}

/** Names of the IngressRoutes of a namespace that point at a TraefikService. */
export async function routesTo(
  reader: UsageReader,
  { group, namespace, name }: RouteTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const routes = await reader.listIngressRoutes(group, namespace, signal);
  return routes.filter((route) => isRoute(route, namespace, name)).map(nameOf);
}

/**
 * The governed TraefikServices that an IngressRoute is the last one to point at, and whose active color has a ready
 * endpoint. A route of the other API group counts for a TraefikService of the same name: who moves from one group to the
 * other has both for a while. Nothing is looked up for a route that points at none.
 */
export async function leftBy(
  reader: Reader & UsageReader,
  route: JsonObject,
  { group, namespace, name }: RouteTarget,
  signal: AbortSignal,
): Promise<readonly Routed[]> {
  const pointed = targetsOf(route, namespace);
  if (pointed.size === 0) return [];
  const [all, ...routes] = await Promise.all([
    governedIn(reader, namespace, signal),
    ...GROUPS.map(async (each) => {
      const found = await reader.listIngressRoutes(each, namespace, signal);
      return found.filter((other) => each !== group || nameOf(other) !== name);
    }),
  ]);
  const others = routes.flat();
  const left = all.filter(({ group: of, object }) => {
    const target = nameOf(object);
    return of === group && pointed.has(target) && !others.some((each) => isRoute(each, namespace, target));
  });
  const answering = await Promise.all(left.map((each) => liveColor(reader, namespace, each, signal)));
  return answering.filter((each) => each !== null);
}

async function liveColor(
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
function isRoute(route: JsonObject, namespace: string, target: string): boolean {
  return at(route, 'metadata', 'deletionTimestamp') === undefined && targetsOf(route, namespace).has(target);
}

/** Names of the TraefikServices of its own namespace that an IngressRoute points at. */
function targetsOf(route: JsonObject, namespace: string): ReadonlySet<string> {
  const services = list(at(route, 'spec', 'routes')).flatMap((each) => list(get(each, 'services')));
  return new Set(
    services
      .filter((service) => get(service, 'kind') === 'TraefikService')
      .filter((service) => (text(get(service, 'namespace')) ?? namespace) === namespace)
      .map((service) => text(get(service, 'name')) ?? ''),
  );
}
