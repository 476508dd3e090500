import { GROUPS, guard, routedNamesIn, TRAEFIK_DEFAULTS } from '../../webhook/policy/index.ts';
import { mixesOf } from '../../webhook/facts/route-mixes.ts';
import type { Space } from '../../webhook/facts/routes.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, get, list } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import { LENIENT } from '../switch/settings.ts';

/** What lint calls the severities of the policy. */
export const LINT_SEVERITY = { denied: 'error', warning: 'warning' } as const;

/** What the guards say of one route of an IngressRoute, and where it stands. */
export interface RouteFinding {
  readonly severity: 'error' | 'warning';
  readonly check: string;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** The API group of an IngressRoute; null for any other object. */
export function groupOfRoute(object: JsonObject): Group | null {
  if (object['kind'] !== 'IngressRoute') return null;
  const [group] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return GROUPS.find((known) => known === group) ?? null;
}

/** The guards on every route of an IngressRoute, among the TraefikServices of its namespace. */
export function lintRoute(object: JsonObject, group: Group, space: Space): readonly RouteFinding[] {
  const { namespace, governed } = space;
  const pairs = governed.map(({ pair }) => pair);
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return list(at(object, 'spec', 'routes')).flatMap((route, index) => {
    const names = routedNamesIn(list(get(route, 'services')));
    const alone = {
      group,
      namespace,
      name,
      before: null,
      after: { spec: { routes: [route] } },
      sight: TRAEFIK_DEFAULTS,
    };
    const mixes = mixesOf(alone, space);
    const { findings, warnings } = guard({
      request: {
        kind: 'ingressroute',
        namespace,
        name,
        routes: [names],
        pairs,
        leaves: [],
        loss: null,
        mixes,
        previews: [],
        parts: [],
      },
      settings: LENIENT,
    });
    const path = ['spec', 'routes', index, 'services'];
    return [...findings, ...warnings].map(({ severity, check, detail }) => {
      return { severity: LINT_SEVERITY[severity], check, message: detail, path };
    });
  });
}
