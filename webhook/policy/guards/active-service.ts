import type { CheckResult } from '../checks/check.ts';
import { denial, warning } from '../checks/check.ts';
import type { Settings } from '../types.ts';
import type { Guard, GuardedRequest } from './guard.ts';
import type { Listing, Use } from './uses.ts';

type ServiceRequest = GuardedRequest & { readonly kind: 'service' };

/** Traefik drops a TraefikService when one listed Service or port is gone; a selector decides who answers. */
export const activeService: Guard = {
  id: 'active-service',
  description:
    "A listed Service is not deleted and keeps the listed port as Traefik finds it; the active one's selector and the listed port's targetPort do not change, nor does it become an ExternalName or get publishNotReadyAddresses.",
  cel: 'no',
  needs: 'neighbors',
  find: ({ request, settings }) => {
    if (request.kind !== 'service') return [];
    if (request.deleted) return request.uses.filter(({ child }) => child !== null).map((use) => deleted(request, use));
    return request.listings.flatMap((listing) => findings(request, listing, settings));
  },
};

function listed({ name, namespace }: ServiceRequest, { traefikService }: Use): string {
  return `Service ${name} is listed in TraefikService ${traefikService} in ${namespace}`;
}

function activeIn({ name, namespace }: ServiceRequest, { traefikService }: Use): string {
  return `Service ${name} is active in TraefikService ${traefikService} in ${namespace}`;
}

function deleted(request: ServiceRequest, use: Use): CheckResult {
  return denial(
    'a listed Service is deleted',
    `${listed(request, use)}: without it every request would get 404. Take it out of the list first. For a teardown, run: kubectl bluegreen unguard ${use.traefikService} -n ${request.namespace}`,
  );
}

function findings(request: ServiceRequest, listing: Listing, settings: Settings): readonly CheckResult[] {
  const native = listing.native ?? settings.nativeLBByDefault;
  const gone = [...portGone(request, listing), ...addressGone(request, listing, native)];
  if (gone.length > 0) return gone;
  // Behind an address of the cluster Traefik sees no endpoints.
  const seen = { ...listing, native, emptied: listing.emptied && !native };
  return listing.use.active ? ofActive(request, seen) : ofPreview(request, seen, settings);
}

function portGone(request: ServiceRequest, { use, wanted, before, after }: Listing): readonly CheckResult[] {
  if (before === null || after !== null) return [];
  return [
    denial(
      'a listed port is removed',
      `${listed(request, use)} with port ${wanted}: without that port every request would get 404. Add the new port first, change the list, then remove this one`,
    ),
  ];
}

function addressGone(request: ServiceRequest, { use, headless }: Listing, native: boolean): readonly CheckResult[] {
  if (!native || !headless) return [];
  return [
    denial(
      'a listed Service with nativeLB loses its address',
      `${listed(request, use)} with nativeLB: without a clusterIP every request would get 404. Remove nativeLB from its entry first, or leave the clusterIP`,
    ),
  ];
}

/** What empties it empties production: said where nothing else is. */
function ofActive(request: ServiceRequest, listing: Listing): readonly CheckResult[] {
  const said = [
    ...selectorTurned(request, listing),
    ...portTurned(request, listing),
    ...httpsTurned(request, listing),
    ...turnedOutside(request, listing),
    ...unready(request, listing),
  ];
  return said.length > 0 ? said : emptied(request, listing);
}

function selectorTurned(request: ServiceRequest, { use }: Listing): readonly CheckResult[] {
  const { name, namespace, selectorChanged } = request;
  if (!selectorChanged) return [];
  return [
    denial(
      "the active Service's selector changes",
      `Service ${name} is active in TraefikService ${use.traefikService}: another selector would send production to other pods, untested. Change the weights instead: kubectl bluegreen promote ${use.traefikService} -n ${namespace}`,
    ),
  ];
}

function portTurned(request: ServiceRequest, listing: Listing): readonly CheckResult[] {
  const { use, wanted, before, after, elsewhere } = listing;
  if (before === null || after === null) return [];
  const promote = `kubectl bluegreen promote ${use.traefikService} -n ${request.namespace}`;
  if (elsewhere)
    return [
      denial(
        "the active Service's port leads elsewhere",
        `${activeIn(request, use)}, and its port ${wanted} leads to ${before.target}: targetPort ${after.target} would send production to another port of the pods, untested. Change targetPort on ${use.other} instead, test it and run: ${promote}`,
      ),
    ];
  if (listing.native !== true || after.protocol === 'TCP' || before.protocol !== 'TCP') return [];
  return [
    denial(
      "the active Service's port is no TCP port any more",
      `${activeIn(request, use)} with nativeLB: Kubernetes would forward no TCP to its port ${wanted} with protocol ${after.protocol}. Add a port for ${after.protocol} after it instead`,
    ),
  ];
}

function httpsTurned(request: ServiceRequest, { use, after, turnedHttps }: Listing): readonly CheckResult[] {
  if (!turnedHttps || after === null) return [];
  return [
    denial(
      "the active Service's port is renamed to https",
      `${activeIn(request, use)}: Traefik would speak https to ${httpsPort(after)}, and every request would get 500 unless the pods do so, too. Keep the name, or rename the port of ${use.other}, test it and run: kubectl bluegreen promote ${use.traefikService} -n ${request.namespace}`,
    ),
  ];
}

/** What makes Traefik speak https where the entry says nothing of it. */
function httpsPort({ name, port }: NonNullable<Listing['after']>): string {
  return name.startsWith('https') ? `a port named ${name}` : `port ${port}`;
}

function turnedOutside(request: ServiceRequest, { use }: Listing): readonly CheckResult[] {
  const { namespace, turnedExternal } = request;
  if (turnedExternal === null) return [];
  return [
    denial(
      'the active Service becomes an ExternalName',
      `${activeIn(request, use)}: as an ExternalName it would send production to ${turnedExternal}, untested, or to nothing if Traefik rejects such Services. Change ${use.other} instead, test it and run: kubectl bluegreen promote ${use.traefikService} -n ${namespace}`,
    ),
  ];
}

function unready(request: ServiceRequest, { use }: Listing): readonly CheckResult[] {
  if (!request.publishesUnready) return [];
  return [
    denial(
      'the active Service publishes pods that are not ready',
      `${activeIn(request, use)}: publishNotReadyAddresses would send production to pods that are not ready. Leave it out. If the active pods do not become ready, go back: kubectl bluegreen rollback ${use.traefikService} -n ${request.namespace}`,
    ),
  ];
}

function emptied(request: ServiceRequest, { use, wanted, after, emptied: empty }: Listing): readonly CheckResult[] {
  if (!empty || after === null) return [];
  return [
    denial(
      'the active Service would have no endpoint',
      `${activeIn(request, use)}: Traefik would find no endpoint for its port ${wanted} (${portText(after)}), and production would not be served. Add a new port beside it, list that one, then change this one`,
    ),
  ];
}

function portText({ name, protocol, target }: NonNullable<Listing['after']>): string {
  return `${name === '' ? 'without a name' : `named ${name}`}, ${protocol}, targetPort ${target}`;
}

/** The preview may be anything that Traefik can build: it is tested before it becomes active. */
function ofPreview(request: ServiceRequest, listing: Listing, settings: Settings): readonly CheckResult[] {
  const { use, after, turnedHttps, emptied: empty } = listing;
  if (request.turnedExternal !== null && !settings.allowExternalNameServices)
    return [
      denial(
        'a listed Service becomes an ExternalName',
        `${listed(request, use)}: with Traefik's allowExternalNameServices=false every request would get 404. Take it out of spec.weighted.services first`,
      ),
    ];
  if (empty && !settings.allowEmptyServices)
    return [
      denial(
        'a listed preview would have no endpoint',
        `${listed(request, use)}: Traefik would find no endpoint for its port, and with allowEmptyServices=false every request would get 404. Take it out of spec.weighted.services first, or set allowEmptyServices=true`,
      ),
    ];
  if (!turnedHttps || after === null) return [];
  return [
    warning(
      "a preview's port is renamed to https",
      `${listed(request, use)}: Traefik speaks https to ${httpsPort(after)}. If its pods do not, a promotion would answer 500: set scheme: http on its entry`,
    ),
  ];
}
