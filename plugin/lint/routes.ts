import { GROUPS, guard } from '../../webhook/policy/index.ts';
import type { Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, get, list } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
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

/** Whether this is an IngressRoute of either API group. */
export function isRoute(object: JsonObject): boolean {
  const [group] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return object['kind'] === 'IngressRoute' && GROUPS.some((known) => known === group);
}

/** The guards on every route of an IngressRoute. `pairs` are those of the releases in its namespace. */
export function lintRoute(object: JsonObject, namespace: string, pairs: readonly Pair[]): readonly RouteFinding[] {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return list(at(object, 'spec', 'routes')).flatMap((route, index) => {
    const names = objectsAt(route, 'services')
      .filter(isService)
      .map((service) => stringAt(service, 'name') ?? '');
    const { findings, warnings } = guard({
      request: { kind: 'ingressroute', namespace, name, routes: [names], pairs },
      settings: LENIENT,
    });
    const path = ['spec', 'routes', index, 'services'];
    return [...findings, ...warnings].map(({ severity, check, detail }) => {
      return { severity: LINT_SEVERITY[severity], check, message: detail, path };
    });
  });
}

function isService(service: JsonObject): boolean {
  return (get(service, 'kind') ?? 'Service') === 'Service';
}
