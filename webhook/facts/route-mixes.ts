import { nameOf } from '../../common/objects.ts';
import { answering, objectKey, reachedBy, referenceOf, resolve, rulesOf } from '../policy/index.ts';
import type { Mix } from '../policy/index.ts';
import type { Json } from '../../common/json.ts';
import { newRules, writtenTarget } from './routes.ts';
import type { RouteChange, Space } from './routes.ts';

/** The rules of a changed IngressRoute that send part of the requests to a governed TraefikService and part elsewhere. */
export function mixesOf({ before, after, group }: RouteChange, { namespace, all, governed }: Space): readonly Mix[] {
  const releases = new Map(
    governed.filter((each) => each.group === group).map(({ object }) => [objectKey(namespace, nameOf(object)), object]),
  );
  return newRules({ before: rulesOf(before), after: rulesOf(after) }).flatMap(({ services }) => {
    const targets = new Map(answering(services).map((entry) => [identity(entry, namespace), entry]));
    if (targets.size < 2) return [];
    for (const [id, entry] of targets) {
      const keys = reachedBy([entry], { namespace, all, reach: 'answering' });
      const release = [...keys].map((key) => releases.get(key)).find((object) => object !== undefined);
      const beside = [...targets].find(([other]) => other !== id)?.[1];
      if (release !== undefined)
        return [{ group, traefikService: nameOf(release), beside: writtenTarget(beside, namespace) }];
    }
    return [];
  });
}

function identity(entry: Json, namespace: string): string {
  const target = resolve(referenceOf(entry), namespace);
  return 'key' in target ? target.key : JSON.stringify(target);
}
