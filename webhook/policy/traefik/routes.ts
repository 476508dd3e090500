import { annotation, at, get, list, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';

/** A rule of an IngressRoute, of which Traefik makes a router. */
export interface RouteRule {
  /** Which requests it takes, as it is written. */
  readonly match: string;
  /** The backends, as they are written. */
  readonly services: readonly Json[];
  /** References to Middlewares, as they are written. */
  readonly middlewares: readonly Json[];
}

/** Names of the IngressRoutes of its own namespace under whose rules an IngressRoute hangs its own (Traefik 3.6). */
export function parentsOf(route: JsonObject | null, namespace: string): readonly string[] {
  return list(at(route, 'spec', 'parentRefs'))
    .filter((parent) => (text(get(parent, 'namespace')) || namespace) === namespace)
    .map((parent) => text(get(parent, 'name')) ?? '');
}

const CLASS = 'kubernetes.io/ingress.class';

/**
 * The rules of an IngressRoute that answer: with a match and with backends (loadIngressRouteConfiguration, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes_http.go; a router without a service is an error, pkg/server/router/router.go).
 */
export function rulesOf(route: JsonObject | null): readonly RouteRule[] {
  return list(at(route, 'spec', 'routes'))
    .filter((rule) => text(get(rule, 'match')))
    .map((rule) => ({
      match: text(get(rule, 'match')) ?? '',
      services: list(get(rule, 'services')),
      middlewares: list(get(rule, 'middlewares')),
    }))
    .filter(({ services }) => services.length > 0);
}

/**
 * The ingress class of an IngressRoute; '' for none. Before 3.7 the field does not exist and only the annotation counts
 * (getIngressClassName, pkg/provider/kubernetes/crd/kubernetes.go).
 */
export function ingressClassOf(route: JsonObject | null): string {
  return text(at(route, 'spec', 'ingressClassName')) ?? annotation(route, CLASS) ?? '';
}

/**
 * Whether a Traefik that reads an IngressRoute of one class may read it with the other one, too. Which class it reads is
 * its setting; without that it reads no class and `traefik` (shouldProcessIngress, the same file).
 */
export function sameReaders(before: string, after: string): boolean {
  return before === after || [before, after].every((each) => each === '' || each === 'traefik');
}
