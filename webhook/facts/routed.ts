import { allEntriesOf, GROUPS, objectKey, referenceOf, resolve, rulesOf } from '../policy/index.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { at, text } from '../../common/json.ts';
import type { UsageReader } from './usage-reader.ts';

export type RouteReader = Pick<UsageReader, 'listIngressRoutes' | 'peekTraefikServices'>;

export interface RoutedQuery {
  readonly namespace: string;
  readonly name: string;
  /** Traefik's setting: objects of every namespace may name it then. */
  readonly allowCrossNamespace: boolean;
}

/**
 * Whether an IngressRoute or another TraefikService, of either API group, names a TraefikService, be it there or not.
 * Rejects where not all of them can be read. References from outside Kubernetes (another provider's `NAME@kubernetescrd`)
 * are not seen.
 */
export async function isNamed(
  reader: RouteReader,
  { namespace, name, allowCrossNamespace }: RoutedQuery,
  signal: AbortSignal,
): Promise<boolean> {
  const where = allowCrossNamespace ? null : namespace;
  const [routes, services] = await Promise.all([
    Promise.all(GROUPS.map((group) => reader.listIngressRoutes(group, where, signal))),
    Promise.all(GROUPS.map((group) => reader.peekTraefikServices(group, where, signal))),
  ]);
  const key = objectKey(namespace, name);
  function names(object: JsonObject, entries: readonly Json[]): boolean {
    const parent = text(at(object, 'metadata', 'namespace')) ?? '';
    return entries.some((entry) => {
      const target = resolve(referenceOf(entry), parent);
      return target.kind === 'TraefikService' && target.key === key;
    });
  }
  return (
    routes.flat().some((route) => rulesOf(route).some((rule) => names(route, rule.services))) ||
    services.flat().some((service) => names(service, allEntriesOf(service)))
  );
}
