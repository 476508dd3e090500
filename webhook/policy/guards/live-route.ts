import { denial, type Guard } from './guard.ts';

/** A route to a TraefikService that is gone answers 404. */
export const liveRoute: Guard = {
  id: 'live-route',
  rule: 'A TraefikService that an IngressRoute points at is not deleted.',
  cel: 'no',
  find: ({ request }) => {
    if (request.kind !== 'traefikservice-deletion' || request.routes.length === 0) return [];
    const { name, namespace, routes } = request;
    const pointing =
      routes.length === 1 ? `IngressRoute ${routes[0]} points` : `IngressRoutes ${routes.join(', ')} point`;
    return [
      denial(
        'a routed TraefikService is deleted',
        `${pointing} at TraefikService ${name} in ${namespace}: without it they answer 404. Delete the routes first, or for a teardown run: kubectl bluegreen retire ${name} -n ${namespace}`,
      ),
    ];
  },
};
