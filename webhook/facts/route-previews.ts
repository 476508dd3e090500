import { nameOf } from '../../common/objects.ts';
import { answering, objectKey, otherColor, reachedBy, reachedColor, rulesOf, storedStateOf } from '../policy/index.ts';
import type { PreviewRoute } from '../policy/index.ts';
import type { Json } from '../../common/json.ts';
import type { RouteChange, Space } from './routes.ts';
import type { Governed } from './usage.ts';

/**
 * The rules of a changed IngressRoute that led to a governed TraefikService, and lead to its preview past it: whoever asks
 * for what they match gets the preview. A rule is the same while its match is.
 */
export function previewsOf({ group, before, after }: RouteChange, space: Space): readonly PreviewRoute[] {
  const { namespace, all, governed } = space;
  const keys = new Set(all.keys());
  const releases = governed.filter((each) => each.group === group);
  return rulesOf(after).flatMap(({ match, services }) =>
    releases
      .filter((release) => rulesOf(before).some((rule) => rule.match === match && leadsTo(rule.services, release)))
      .filter((release) => !leadsTo(services, release))
      .flatMap((release) => {
        const { active } = storedStateOf(release.object, release.pair);
        if (active === null) return [];
        const preview = otherColor(active);
        const past = answering(services).some((entry) => colorIn(entry, release) === preview);
        return past ? [{ group, traefikService: nameOf(release.object), preview: release.pair[preview] }] : [];
      }),
  );

  function leadsTo(services: readonly Json[], { object }: Governed): boolean {
    const reached = reachedBy(answering(services), { namespace, all, reach: 'answering' });
    return reached.has(objectKey(namespace, nameOf(object)));
  }
  function colorIn(entry: Json, { pair }: Governed) {
    return reachedColor(entry, namespace, { namespace, pair, keys });
  }
}
