import { newPartsOf } from '../facts/new-parts.ts';
import { leftBy } from '../facts/route-loss.ts';
import { mixesOf } from '../facts/route-mixes.ts';
import { previewsOf } from '../facts/route-previews.ts';
import { spaceOf } from '../facts/routes.ts';
import { at, get, list, sameJson } from '../../common/json.ts';
import { ANNOTATION, keysOf, reachedColor, routedNamesIn } from '../policy/index.ts';
import type { Pair } from '../policy/index.ts';
import { groupOf, nameOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

export async function readIngressRoute(
  request: AdmissionRequest,
  { reader, sight, traefikServicesIn }: Looking,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { namespace, object, oldObject } = request;
  const group = groupOf(request);
  if (group === null) return null;
  const name = nameOf(request);
  const all = await traefikServicesIn(namespace);
  const space = spaceOf(all, namespace);
  const pairs = space.governed.map(({ pair }) => pair);
  const objects = all.map((each) => each.object);
  const change = { group, namespace, name, before: oldObject, after: object, sight };
  const [left, parts] = await Promise.all([
    leftBy(reader, change, space, signal),
    newPartsOf(reader, change, space, signal),
  ]);
  return {
    request: {
      kind: 'ingressroute',
      namespace,
      name,
      routes: inlineServices(request, pairs, keysOf(objects)),
      pairs,
      leaves: left?.leaves ?? [],
      loss: left?.loss ?? null,
      mixes: mixesOf(change, space),
      previews: previewsOf(change, space),
      parts,
    },
    override: annotationOf(ANNOTATION.override, object ?? oldObject),
  };
}

/**
 * The Services that the routes reach which a request adds or changes: by their names, and the colors of releases by any
 * name that Traefik has for them.
 */
function inlineServices(
  { object, oldObject, namespace }: AdmissionRequest,
  pairs: readonly Pair[],
  keys: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const before = list(at(oldObject, 'spec', 'routes'));
  const changed = list(at(object, 'spec', 'routes')).filter((route) => !before.some((old) => sameJson(old, route)));
  return changed.map((route) => {
    const services = list(get(route, 'services'));
    const colors = pairs.flatMap((pair) =>
      services
        .map((entry) => reachedColor(entry, namespace, { namespace, pair, keys }))
        .filter((color) => color !== null)
        .map((color) => pair[color]),
    );
    return [...routedNamesIn(services), ...colors];
  });
}
