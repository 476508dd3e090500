import type { Guarded, GuardReader, Looking } from './guarded-request.ts';
import { readIngressRoute } from './guarded-ingressroute.ts';
import { writtenTraefikService } from './guarded-names.ts';
import { guardedOwners } from './guarded-owners.ts';
import { readOtherRoute } from './guarded-other-route.ts';
import { guardedPage } from './guarded-page.ts';
import { readPart } from './guarded-part.ts';
import { readService } from './guarded-service.ts';
import { readTraefikService } from './guarded-traefikservice.ts';
import { guardedWorkload, isWorkload } from './guarded-workload.ts';
import { governedAmong, traefikServicesIn } from '../facts/usage.ts';
import type { Grouped } from '../facts/usage.ts';
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
  const looking = look(request, reader, signal, sight);
  const found = await Promise.all([
    about(request, looking, signal),
    guardedOwners(request, looking, signal),
    guardedPage(request, looking, signal),
    writtenTraefikService(request, looking),
  ]);
  return found.filter((each) => each !== null);
}

function look({ namespace: here }: AdmissionRequest, reader: GuardReader, signal: AbortSignal, sight: Sight): Looking {
  const read = new Map<string, Promise<readonly Grouped[]>>();
  function all(namespace: string): Promise<readonly Grouped[]> {
    const found = read.get(namespace) ?? traefikServicesIn(reader, namespace, signal);
    read.set(namespace, found);
    return found;
  }
  return { reader, sight, traefikServicesIn: all, governedHere: async () => governedAmong(await all(here)) };
}

async function about(request: AdmissionRequest, looking: Looking, signal: AbortSignal): Promise<Guarded | null> {
  if (isWorkload(request)) return guardedWorkload(request, looking, signal);
  switch (request.resource) {
    case 'services':
      return readService(request, looking, signal);
    case 'traefikservices':
      return readTraefikService(request, looking, signal);
    case 'ingressroutes':
      return readIngressRoute(request, looking, signal);
    case 'ingressroutetcps':
      return readOtherRoute('IngressRouteTCP', request, looking);
    case 'ingressrouteudps':
      return readOtherRoute('IngressRouteUDP', request, looking);
    case 'httproutes':
      return readOtherRoute('HTTPRoute', request, looking);
    case 'middlewares':
      return readPart('Middleware', request, looking, signal);
    case 'tlsoptions':
      return readPart('TLSOption', request, looking, signal);
    case 'serverstransports':
      return readPart('ServersTransport', request, looking, signal);
    default:
      return null;
  }
}
