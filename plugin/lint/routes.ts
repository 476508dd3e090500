import { GROUPS, guard } from '../../webhook/policy/index.ts';
import type { Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, get, list } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { LENIENT } from '../switch/settings.ts';

/** What the guards say of one route of an IngressRoute, and where it stands. */
export interface RouteFinding {
  readonly severity: 'error' | 'warning';
  /** A warning begins with its rule. */
  readonly rule: string;
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
    const names = objectsAt(route, 'services').filter(isService).map(nameOf);
    const { findings, warnings } = guard({
      request: { kind: 'ingressroute', namespace, name, routes: [names], pairs },
      settings: LENIENT,
    });
    const path = ['spec', 'routes', index, 'services'];
    return [
      ...findings.map(({ check, detail }) => ({ severity: 'error' as const, rule: check, message: detail, path })),
      ...warnings.map((text) => {
        const colon = text.indexOf(': ');
        return { severity: 'warning' as const, rule: text.slice(0, colon), message: text.slice(colon + 2), path };
      }),
    ];
  });
}

function isService(service: JsonObject): boolean {
  return (get(service, 'kind') ?? 'Service') === 'Service';
}

function nameOf(service: JsonObject): string {
  return stringAt(service, 'name') ?? '';
}
