import { nameOf } from '../../common/objects.ts';
import { sameJson } from '../../common/json.ts';
import {
  answering,
  answeringIn,
  entriesOf,
  objectKey,
  reachedBy,
  referenceOf,
  resolve,
  rulesOf,
} from '../policy/index.ts';
import type { Group, Mix } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { newRules, writtenTarget } from './routes.ts';
import type { RouteChange, Space } from './routes.ts';

/**
 * The rules of a changed IngressRoute that send part of the requests to a governed TraefikService and part elsewhere, by
 * themselves or through a TraefikService in front of it.
 */
export function mixesOf({ before, after, group }: RouteChange, space: Space): readonly Mix[] {
  return newRules({ before: rulesOf(before), after: rulesOf(after) }).flatMap(({ services }) => {
    const entries = answering(services);
    const fronts = [...reachedBy(entries, { ...space, reach: 'answering' })].flatMap((key) => space.all.get(key) ?? []);
    const lists = [entries, ...fronts.map(divided)];
    return lists.map((list) => mixIn(list, group, space)).find((mix) => mix !== null) ?? [];
  });
}

/** The same for the update of a TraefikService in front of governed ones. */
export function mixesOfFront({ before, after, group }: RouteChange, space: Space): readonly Mix[] {
  const [was, is] = [divided(before), divided(after)];
  const mix = sameJson(was, is) ? null : mixIn(is, group, space);
  return mix === null ? [] : [mix];
}

/** The entries among which a TraefikService divides requests. */
function divided(object: JsonObject | null): readonly Json[] {
  const { strategy } = entriesOf(object);
  return strategy === 'weighted' || strategy === 'highestRandomWeight' ? answeringIn(object) : [];
}

function mixIn(entries: readonly Json[], group: Group, { namespace, all, governed }: Space): Mix | null {
  const targets = new Map(entries.map((entry) => [identity(entry, namespace), entry]));
  if (targets.size < 2) return null;
  const releases = new Map(
    governed.filter((each) => each.group === group).map(({ object }) => [objectKey(namespace, nameOf(object)), object]),
  );
  for (const [id, entry] of targets) {
    const keys = reachedBy([entry], { namespace, all, reach: 'answering' });
    const release = [...keys].map((key) => releases.get(key)).find((object) => object !== undefined);
    const beside = [...targets].find(([other]) => other !== id)?.[1];
    if (release !== undefined)
      return { group, traefikService: nameOf(release), beside: writtenTarget(beside, namespace) };
  }
  return null;
}

function identity(entry: Json, namespace: string): string {
  const target = resolve(referenceOf(entry), namespace);
  return 'key' in target ? target.key : JSON.stringify(target);
}
