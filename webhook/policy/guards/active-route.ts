import type { CheckResult } from '../checks/check.ts';
import { denial } from '../checks/check.ts';
import type { Guard, GuardedRequest } from './guard.ts';

/** A route to a TraefikService that is gone answers 404; so does a host whose route is gone. */
export const activeRoute: Guard = {
  id: 'active-route',
  description:
    'A TraefikService that an IngressRoute points at is not deleted, nor is the last IngressRoute that points at one whose active color answers.',
  cel: 'no',
  needs: 'neighbors',
  find: ({ request }) => {
    if (request.kind === 'traefikservice-deletion') return routed(request);
    return request.kind === 'ingressroute-deletion' ? last(request) : [];
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

function last(request: GuardedRequest & { readonly kind: 'ingressroute-deletion' }): readonly CheckResult[] {
  const { name, namespace } = request;
  return request.leaves.map(({ traefikService, service }) =>
    denial(
      'the last route of an active TraefikService is deleted',
      `IngressRoute ${name} is the last one that points at TraefikService ${traefikService} in ${namespace}, where ${service} answers: without it every request gets 404. To replace it, create the new one first. For a teardown, run: kubectl bluegreen unguard ${traefikService} -n ${namespace}`,
    ),
  );
}
