import type { GovernedReader, Guarded, GuardReader } from './guarded-request.ts';
import { readIngressRoute } from './guarded-ingressroute.ts';
import { writtenTraefikService } from './guarded-names.ts';
import { guardedOwners } from './guarded-owners.ts';
import { readOtherRoute } from './guarded-other-route.ts';
import { guardedPage } from './guarded-page.ts';
import { readPart } from './guarded-part.ts';
import { readService } from './guarded-service.ts';
import { readTraefikService } from './guarded-traefikservice.ts';
import { guardedWorkload, isWorkload } from './guarded-workload.ts';
import { governedIn } from '../facts/usage.ts';
import type { Governed } from '../facts/usage.ts';
import type { Sight } from '../policy/index.ts';
import type { AdmissionRequest } from './types.ts';

export type { Guarded, GuardReader } from './guarded-request.ts';

/** What a request means for the governed TraefikServices of its namespace; nothing where it means nothing to them. */
export async function readGuarded(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
  sight: Sight,
): Promise<readonly Guarded[]> {
  let asked: Promise<readonly Governed[]> | null = null;
  function governedHere(): Promise<readonly Governed[]> {
    asked ??= governedIn(reader, request.namespace, signal);
    return asked;
  }
  const found = await Promise.all([
    about(request, { reader, governedHere }, signal, sight),
    guardedOwners(request, reader, signal, sight),
    guardedPage(request, { reader, governedHere }, signal),
    writtenTraefikService(request, reader, signal),
  ]);
  return found.filter((each) => each !== null);
}

async function about(
  request: AdmissionRequest,
  { reader, governedHere }: GovernedReader,
  signal: AbortSignal,
  sight: Sight,
): Promise<Guarded | null> {
  if (isWorkload(request)) return guardedWorkload(request, reader, signal);
  switch (request.resource) {
    case 'services':
      return readService(request, { reader, governedHere }, signal);
    case 'traefikservices':
      return readTraefikService(request, reader, signal, sight);
    case 'ingressroutes':
      return readIngressRoute(request, reader, signal, sight);
    case 'ingressroutetcps':
      return readOtherRoute('IngressRouteTCP', request, reader, signal);
    case 'ingressrouteudps':
      return readOtherRoute('IngressRouteUDP', request, reader, signal);
    case 'httproutes':
      return readOtherRoute('HTTPRoute', request, reader, signal);
    case 'middlewares':
      return readPart('Middleware', request, { reader, sight }, signal);
    case 'tlsoptions':
      return readPart('TLSOption', request, { reader, sight }, signal);
    case 'serverstransports':
      return readPart('ServersTransport', request, { reader, sight }, signal);
    default:
      return null;
  }
}
