import type { CheckResult } from '../checks/check.ts';
import { denial } from '../checks/check.ts';
import type { Settings } from '../types.ts';
import type { Guard, GuardedRequest, MissingPart, Mix, PartUse, Routed, RouteLoss } from './guard.ts';

type RouteRequest = GuardedRequest & { readonly kind: 'ingressroute' };
type FrontRequest = GuardedRequest & { readonly kind: 'traefikservice-update' };
type PartRequest = GuardedRequest & { readonly kind: 'part' };

/** A route to a TraefikService that is gone answers 404; so does a host whose route is gone, or cannot be built. */
export const activeRoute: Guard = {
  id: 'active-route',
  description:
    'A TraefikService that an IngressRoute points at is not deleted. The last IngressRoute that points at one whose active color answers is not deleted or emptied, and keeps the Middlewares, TLSOptions and ServersTransports that it needs; no IngressRoute mixes one with other backends.',
  cel: 'no',
  needs: 'neighbors',
  find: ({ request, settings }) => {
    if (request.kind === 'traefikservice-deletion') return routed(request);
    if (request.kind === 'part') return request.uses.map((use) => needed(request, use));
    if (request.kind === 'traefikservice-update') return lost(request, settings);
    if (request.kind !== 'ingressroute') return [];
    return [
      ...lost(request, settings),
      ...request.mixes.map((each) => mixed(request, each)),
      ...request.missing.map((each) => absent(request, each)),
    ];
  },
};

function routed(request: GuardedRequest & { readonly kind: 'traefikservice-deletion' }): readonly CheckResult[] {
  const { name, namespace, routes } = request;
  if (routes.length === 0) return [];
  const pointing =
    routes.length === 1 ? `IngressRoute ${routes[0]} points` : `IngressRoutes ${routes.join(', ')} point`;
  return [
    denial(
      'a routed TraefikService is deleted',
      `${pointing} at TraefikService ${name} in ${namespace}: without it they answer 404. Point them elsewhere first. For a teardown, run: kubectl bluegreen unguard ${name} -n ${namespace}`,
    ),
  ];
}

function lost(request: RouteRequest | FrontRequest, settings: Settings): readonly CheckResult[] {
  const { leaves, loss } = request;
  return loss === null || mayBeThere(loss, settings) ? [] : leaves.map((each) => last(request, each, loss));
}

/** Where Traefik looks beyond the namespace, nothing here knows what it finds. */
function mayBeThere(loss: RouteLoss, { allowCrossNamespace, crossProviders }: Settings): boolean {
  if (loss.how !== 'nothing there' || loss.beyond === null) return false;
  if ('namespace' in loss.beyond) return allowCrossNamespace;
  return crossProviders.includes('*') || crossProviders.includes(loss.beyond.provider);
}

function last(
  { kind, name, namespace }: RouteRequest | FrontRequest,
  { traefikService, service }: Routed,
  loss: RouteLoss,
): CheckResult {
  const unguard = `For a teardown, run: kubectl bluegreen unguard ${traefikService} -n ${namespace}`;
  const way = kind === 'ingressroute' ? `IngressRoute ${name}` : `TraefikService ${name}`;
  const where = `${way} is the last one that points at TraefikService ${traefikService} in ${namespace}, where ${service} answers`;
  if (loss.how === 'deleted')
    return denial(
      'the last route of an active TraefikService is deleted',
      `${where}: without it every request gets 404. To replace it, create the new one first. ${unguard}`,
    );
  if (loss.how === 'emptied')
    return denial(
      'the last route of an active TraefikService is emptied',
      `${where}: without that every request gets 404. Point it elsewhere, or create another way first. ${unguard}`,
    );
  if (loss.how === 'another class')
    return denial(
      'the last route of an active TraefikService changes its ingress class',
      `${where}: Traefik would not read it with ingress class ${loss.className || "''"}. Create another IngressRoute with that class first. ${unguard}`,
    );
  return denial(
    'the last route of an active TraefikService leads to nothing',
    `${where}. Traefik would find no ${loss.backend}: every request would get 404. Create it first. ${unguard}`,
  );
}

function mixed({ name, namespace }: RouteRequest, { traefikService, beside }: Mix): CheckResult {
  return denial(
    'a route mixes an active TraefikService with another backend',
    `IngressRoute ${name} in ${namespace} would send part of the requests to TraefikService ${traefikService} and part to ${beside}, past its rules. Give each a rule or a route of its own, or weight 0`,
  );
}

function absent(
  { name, namespace }: RouteRequest,
  { part, missing, traefikService, service }: MissingPart,
): CheckResult {
  return denial(
    `a route names a ${part} that does not exist`,
    `IngressRoute ${name} would name ${part} ${missing}, which does not exist in ${namespace}: every request to TraefikService ${traefikService}, where ${service} answers, would fail. Create it first`,
  );
}

function needed({ part, name, namespace, change }: PartRequest, { by, traefikService, service }: PartUse): CheckResult {
  const unguard = `For a teardown, run: kubectl bluegreen unguard ${traefikService} -n ${namespace}`;
  const goes = `${by} in ${namespace} names ${part} ${name}, and ${service} of TraefikService ${traefikService} answers`;
  if (change === 'deleted')
    return denial(
      `a ${part} that production needs is deleted`,
      `${goes}: without it every request fails. Remove it from ${by} first. ${unguard}`,
    );
  return denial(
    `a ${part} that production needs cannot be built`,
    `${goes}: Traefik needs exactly one type in its spec, otherwise every request gets 404. Write one type, or remove it from ${by} first`,
  );
}
