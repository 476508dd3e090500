import { at, get, list } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { nameOf } from '../../../common/objects.ts';
import { parentsOf, rulesOf } from './routes.ts';

/**
 * The IngressRoutes of a group and a namespace whose rules get requests (resolveParentRouterNames, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes_http.go, and ParseRouterTree, pkg/server/router/router.go; since Traefik 3.6, older
 * versions do not read `parentRefs`). An IngressRoute with backends under which another one hangs gets none; one that hangs
 * under others gets what they leave to it, and needs all of them to exist. Parents of other namespaces count as there and
 * leading to it.
 */
export function answeringRoutes(routes: readonly JsonObject[], namespace: string): readonly JsonObject[] {
  const byName = Map.groupBy(routes, nameOf);
  const parents = new Set(routes.filter(isRead).flatMap((route) => parentsOf(route, namespace)));
  return routes.filter((route) => !parents.has(nameOf(route)) && isReached(route, new Set()));

  function isRead(route: JsonObject): boolean {
    return parentsOf(route, namespace).every((name) => byName.has(name));
  }
  function isReached(route: JsonObject, below: ReadonlySet<string>): boolean {
    if (!hangs(route)) return true;
    if (!isRead(route) || isForRootsOnly(route) || below.has(nameOf(route))) return false;
    const here = new Set([...below, nameOf(route)]);
    const own = parentsOf(route, namespace);
    const elsewhere = own.length < list(at(route, 'spec', 'parentRefs')).length;
    return elsewhere || own.some((name) => byName.get(name)?.some((each) => isOpen(each) && isReached(each, here)));
  }
}

function hangs(route: JsonObject): boolean {
  return list(at(route, 'spec', 'parentRefs')).length > 0;
}

/** Whether it has settings that only those without parents may have. */
function isForRootsOnly(route: JsonObject): boolean {
  const rules = list(at(route, 'spec', 'routes'));
  return (
    (at(route, 'spec', 'tls') ?? null) !== null ||
    list(at(route, 'spec', 'entryPoints')).length > 0 ||
    rules.some((rule) => (get(rule, 'observability') ?? null) !== null)
  );
}

/** Whether a rule leaves its backend to the IngressRoutes below. */
export function isOpen(route: JsonObject): boolean {
  return rulesOf(route).length < list(at(route, 'spec', 'routes')).length;
}
