import type { CheckResult } from '../checks/check.ts';
import { denial } from '../checks/check.ts';
import type { Guard, GuardedRequest, TargetedPort, Use } from './guard.ts';

type ServiceRequest = GuardedRequest & { readonly kind: 'service' };

/** Traefik drops a TraefikService when one listed Service or port is gone; a selector decides who answers. */
export const activeService: Guard = {
  id: 'active-service',
  description:
    "A listed Service is not deleted and keeps the listed port; the active one's selector and the listed port's targetPort do not change, nor does it become an ExternalName or get publishNotReadyAddresses.",
  cel: 'no',
  needs: 'neighbors',
  find: ({ request }) => {
    if (request.kind !== 'service') return [];
    return request.uses.flatMap((use) => (use.child === null ? [] : findings(request, use)));
  },
};

function findings(request: ServiceRequest, use: Use): readonly CheckResult[] {
  const { name, namespace } = request;
  const where = `Service ${name} is listed in TraefikService ${use.traefikService} in ${namespace}`;
  if (request.deleted)
    return [
      denial(
        'a listed Service is deleted',
        `${where}: without it every request would get 404. Take it out of the list first. For a teardown, run: kubectl bluegreen unguard ${use.traefikService} -n ${namespace}`,
      ),
    ];
  return [...portGone(request, use, where), ...(use.active ? liveChanges(request, use) : [])];
}

function portGone({ ports }: ServiceRequest, use: Use, where: string): readonly CheckResult[] {
  const wanted = listedPort(use);
  if (wanted === null || portOf(ports, wanted) !== undefined) return [];
  return [
    denial(
      'a listed port is removed',
      `${where} with port ${wanted}: without that port every request would get 404. Add the new port first, change the list, then remove this one`,
    ),
  ];
}

function listedPort({ child }: Use): string | number | null {
  const wanted = child?.port;
  return typeof wanted === 'number' || typeof wanted === 'string' ? wanted : null;
}

function portOf(ports: readonly TargetedPort[], wanted: string | number): TargetedPort | undefined {
  return ports.find(({ name, port }) => port === wanted || name === wanted);
}

function liveChanges(request: ServiceRequest, use: Use): readonly CheckResult[] {
  return [
    ...selectorTurned(request, use),
    ...portTurned(request, use),
    ...turnedOutside(request, use),
    ...unready(request, use),
  ];
}

function selectorTurned({ name, namespace, selectorChanged }: ServiceRequest, use: Use): readonly CheckResult[] {
  if (!selectorChanged) return [];
  return [
    denial(
      "the active Service's selector changes",
      `Service ${name} is active in TraefikService ${use.traefikService}: another selector would send production to other pods, untested. Change the weights instead: kubectl bluegreen promote ${use.traefikService} -n ${namespace}`,
    ),
  ];
}

function portTurned({ name, namespace, portsBefore, ports }: ServiceRequest, use: Use): readonly CheckResult[] {
  const wanted = listedPort(use);
  if (wanted === null) return [];
  const [before, after] = [portOf(portsBefore, wanted), portOf(ports, wanted)];
  if (before === undefined || after === undefined || before.target === after.target) return [];
  return [
    denial(
      "the active Service's port leads elsewhere",
      `Service ${name} is active in TraefikService ${use.traefikService} in ${namespace}, and its port ${wanted} leads to ${before.target}: targetPort ${after.target} would send production to another port of the pods, untested. Change targetPort on ${use.other} instead, test it and run: kubectl bluegreen promote ${use.traefikService} -n ${namespace}`,
    ),
  ];
}

function turnedOutside({ name, namespace, turnedExternal }: ServiceRequest, use: Use): readonly CheckResult[] {
  if (turnedExternal === null) return [];
  return [
    denial(
      'the active Service becomes an ExternalName',
      `Service ${name} is active in TraefikService ${use.traefikService} in ${namespace}: as an ExternalName it would send production to ${turnedExternal}, untested, or to nothing if Traefik rejects such Services. Change ${use.other} instead, test it and run: kubectl bluegreen promote ${use.traefikService} -n ${namespace}`,
    ),
  ];
}

function unready({ name, namespace, publishesUnready }: ServiceRequest, use: Use): readonly CheckResult[] {
  if (!publishesUnready) return [];
  return [
    denial(
      'the active Service publishes pods that are not ready',
      `Service ${name} is active in TraefikService ${use.traefikService} in ${namespace}: publishNotReadyAddresses would send production to pods that are not ready. Leave it out. If the active pods do not become ready, go back: kubectl bluegreen rollback ${use.traefikService} -n ${namespace}`,
    ),
  ];
}
