import { nameOf } from '../../common/objects.ts';
import { answeringIn, entriesOf, GROUPS, isReadAlike, isReadRoute, objectKey, reachedBy } from '../policy/index.ts';
import { sameJson } from '../../common/json.ts';
import type { RouteLoss, RouteRule } from '../policy/index.ts';
import type { Reader } from './reader.ts';
import { answeringLeft, lossOf, missingAmong } from './route-loss.ts';
import type { Left } from './route-loss.ts';
import { isThere, reachedFrom, spaceOf } from './routes.ts';
import type { RouteChange } from './routes.ts';
import type { UsageReader } from './usage-reader.ts';
import type { Grouped } from './usage.ts';

/**
 * The governed TraefikServices that routes led to through a TraefikService in front of them, and lead to no more after an
 * update of it.
 */
export async function leftByFront(
  reader: Reader & UsageReader,
  change: RouteChange,
  objects: readonly Grouped[],
  signal: AbortSignal,
): Promise<Left | null> {
  const { group, namespace, name, before, after, sight } = change;
  const space = spaceOf(objects, namespace);
  const reached = reachedBy(answeringIn(before), { ...space, reach: 'answering' });
  const behind = space.governed.filter(({ object }) => reached.has(objectKey(namespace, nameOf(object))));
  if (behind.length === 0) return null;
  const others = objects.filter((each) => each.group !== group || nameOf(each.object) !== name);
  const old = entriesOf(before).entries;
  const added = entriesOf(after).entries.filter((entry) => !old.some((each) => sameJson(each, entry)));
  // Traefik drops it with any entry that it does not find, at weight 0 too.
  const circle = reachedBy(added, { ...space, reach: 'needed' }).has(objectKey(namespace, name));
  const dropped: RouteLoss | null = circle ? { how: 'circle' } : await missingAmong(reader, added, space, signal);
  const stays = after === null || dropped !== null ? [] : [{ group, object: after }];
  const later = spaceOf([...others, ...stays], namespace);
  const routes = await Promise.all(GROUPS.map((each) => reader.listIngressRoutes(each, namespace, signal)));
  const there = routes.flat().filter((route) => isThere(route) && isReadRoute(route, sight));
  const last = behind.filter(({ object }) => {
    const key = objectKey(namespace, nameOf(object));
    const [led, leads] = [space, later].map((each) =>
      there.filter((route) => reachedFrom(route, each, 'answering').has(key)),
    );
    // Of the routes that each Traefik reads, one has to go on leading there.
    return led?.some((route) => !leads?.some((other) => isReadAlike(route, other, sight)));
  });
  if (last.length === 0) return null;
  const [was, is] = [before, after].map((object) =>
    [{ match: '', services: answeringIn(object), middlewares: [] }].filter(answers),
  );
  const loss = dropped ?? (await lossOf(reader, { ...later, before: was ?? [], after: is ?? [] }, signal));
  return loss === null ? null : answeringLeft(reader, namespace, { last, loss }, signal);
}

function answers({ services }: RouteRule): boolean {
  return services.length > 0;
}
