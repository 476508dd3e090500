import type { Finding } from '../checks/check.ts';
import { denial, type Guard, type GuardedRequest, type Use } from './guard.ts';

type ServiceRequest = GuardedRequest & { readonly kind: 'service' };

/** Traefik drops a TraefikService when one listed Service or port is gone; a selector decides who answers. */
export const liveService: Guard = {
  id: 'live-service',
  rule: "A listed Service is not deleted and keeps the listed port; the active one's selector does not change.",
  cel: 'no',
  find: ({ request }) => {
    if (request.kind !== 'service') return [];
    return request.uses.flatMap((use) => (use.child === null ? [] : findings(request, use)));
  },
};

function findings(request: ServiceRequest, use: Use): readonly Finding[] {
  const { name, namespace } = request;
  const where = `Service ${name} stands in the list of TraefikService ${use.traefikService} in ${namespace}`;
  if (request.deleted)
    return [
      denial(
        'a listed Service is deleted',
        `${where}: without it every request would get 404. Take it out of the list first, or for a teardown run: kubectl bluegreen retire ${use.traefikService} -n ${namespace}`,
      ),
    ];
  return [...portGone(request, use, where), ...selectorTurned(request, use)];
}

function portGone({ ports }: ServiceRequest, { child }: Use, where: string): readonly Finding[] {
  const wanted = child?.port;
  if (typeof wanted !== 'number' && typeof wanted !== 'string') return [];
  if (ports.some(({ name, port }) => port === wanted || name === wanted)) return [];
  return [
    denial(
      'a listed port is removed',
      `${where} with port ${wanted}: without that port every request would get 404. Add the new port first, change the list, then remove this one`,
    ),
  ];
}

function selectorTurned({ name, namespace, selectorChanged }: ServiceRequest, use: Use): readonly Finding[] {
  if (!selectorChanged || !use.active) return [];
  return [
    denial(
      "the active Service's selector changes",
      `Service ${name} is live in TraefikService ${use.traefikService}: another selector would send production to other pods, untested. Change the weights instead: kubectl bluegreen promote ${use.traefikService} -n ${namespace}`,
    ),
  ];
}
