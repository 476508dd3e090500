import type { CheckResult } from '../checks/check.ts';
import { denial } from '../checks/check.ts';
import type { FrontRequest, Guard, GuardedRequest, RouteRequest } from './guard.ts';
import { inFront, lost } from './lost-route.ts';
import type { Mix, PreviewRoute } from './route-changes.ts';
import { named, needed } from './route-parts.ts';

/** A route to a TraefikService that is gone answers 404; so does a host whose route is gone, or cannot be built. */
export const activeRoute: Guard = {
  id: 'active-route',
  description:
    'A TraefikService that an IngressRoute points at is not deleted. The last IngressRoute that points at one whose active color answers is not deleted or emptied, and keeps the Middlewares, TLSOptions and ServersTransports that it needs; no IngressRoute, and no TraefikService in front, mixes one with other backends.',
  cel: 'no',
  needs: 'neighbors',
  find: ({ request, settings }) => {
    if (request.kind === 'traefikservice-deletion') return routed(request);
    if (request.kind === 'part') return request.uses.map((use) => needed(request, use));
    if (request.kind !== 'ingressroute' && request.kind !== 'traefikservice-update') return [];
    const found = [...lost(request, settings), ...request.mixes.map((each) => mixed(request, each))];
    if (request.kind === 'traefikservice-update') return found;
    return [
      ...found,
      ...request.previews.map((each) => past(request, each)),
      ...request.parts.flatMap((each) => named(request, each, settings) ?? []),
    ];
  },
};

function routed(request: GuardedRequest & { readonly kind: 'traefikservice-deletion' }): readonly CheckResult[] {
  const { name, namespace, routes, unseenBy } = request;
  if (routes.length === 0) return [];
  const pointing =
    routes.length === 1 ? `IngressRoute ${routes[0]} points` : `IngressRoutes ${routes.join(', ')} point`;
  if (unseenBy !== null)
    return [
      denial(
        'a routed TraefikService loses its labels',
        `${pointing} at TraefikService ${name} in ${namespace}, which Traefik would not read any more: its labelSelector is ${unseenBy}. Every request would get 404. Leave the labels as they are`,
      ),
    ];
  return [
    denial(
      'a routed TraefikService is deleted',
      `${pointing} at TraefikService ${name} in ${namespace}: without it they answer 404. Point them elsewhere first. For a teardown, run: kubectl bluegreen unguard ${name} -n ${namespace}`,
    ),
  ];
}

function mixed({ kind, name, namespace }: RouteRequest | FrontRequest, { traefikService, beside }: Mix): CheckResult {
  return denial(
    'a route mixes an active TraefikService with another backend',
    `${inFront({ kind, name })} in ${namespace} would send part of the requests to TraefikService ${traefikService} and part to ${beside}, past its rules. Give each a rule or a route of its own, or weight 0`,
  );
}

function past({ name, namespace }: RouteRequest, { traefikService, preview }: PreviewRoute): CheckResult {
  return denial(
    'a route leads past an active TraefikService to its preview',
    `IngressRoute ${name} in ${namespace} would send the requests of TraefikService ${traefikService} to ${preview}, its preview, past its rules. Switch instead: kubectl bluegreen promote ${traefikService} -n ${namespace}. For a preview host, write a rule of its own`,
  );
}
