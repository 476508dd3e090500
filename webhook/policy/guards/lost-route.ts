import type { CheckResult } from '../checks/check.ts';
import { denial } from '../checks/check.ts';
import type { Settings } from '../types.ts';
import { looksAt } from './beyond.ts';
import type { FrontRequest, RouteRequest } from './guard.ts';
import type { RouteLoss } from './route-changes.ts';
import type { Routed } from './uses.ts';

/** What is said of a change by which the last way to an active color stops to lead there. */
export function lost(request: RouteRequest | FrontRequest, settings: Settings): readonly CheckResult[] {
  const { leaves, loss } = request;
  return loss === null || mayBeThere(loss, settings, request.namespace)
    ? []
    : leaves.map((each) => last(request, each, loss));
}

/** Where Traefik looks beyond the namespace, nothing here knows what it finds. */
function mayBeThere(loss: RouteLoss, settings: Settings, namespace: string): boolean {
  return loss.how === 'nothing there' && loss.beyond !== null && looksAt(loss.beyond, settings, namespace);
}

function last(
  { kind, name, namespace }: RouteRequest | FrontRequest,
  { traefikService, service }: Routed,
  loss: RouteLoss,
): CheckResult {
  const unguard = `For a teardown, run: kubectl bluegreen unguard ${traefikService} -n ${namespace}`;
  const way = inFront({ kind, name });
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
  if (loss.how === 'other labels')
    return denial(
      'the last route of an active TraefikService loses its labels',
      `${where}: Traefik would not read it any more, as its labelSelector is ${loss.labelSelector}. Leave the labels as they are. ${unguard}`,
    );
  if (loss.how === 'circle')
    return denial(
      'a TraefikService in front of an active one leads back to itself',
      `${where}: it would lead back to itself, which Traefik cannot build, and every request would get 404. Leave that entry out`,
    );
  if (loss.how === 'hung')
    return denial(
      'the last route of an active TraefikService hangs under another',
      `${where}: ${hanging(name, loss)}. Remove parentRefs. ${unguard}`,
    );
  if (loss.how === 'adopted')
    return denial(
      'the last route of an active TraefikService becomes a parent',
      `${way} would hang under ${loss.parents.join(', ')}, which points at TraefikService ${traefikService} in ${namespace}, where ${service} answers: Traefik sends a parent with a backend no request. Leave parentRefs out`,
    );
  return denial(
    'the last route of an active TraefikService leads to nothing',
    `${where}. Traefik would find no ${loss.backend}: every request would get 404. Create it first. ${unguard}`,
  );
}

function hanging(name: string, { parents, missing }: RouteLoss & { readonly how: 'hung' }): string {
  if (missing !== null) return `its parent IngressRoute ${missing} does not exist, and Traefik would read none of it`;
  if (parents.includes(name)) return 'it would hang under itself, and get no request';
  return `under ${parents.join(', ')} it would get no request: a parent has no backend, a child no TLS and no entry points`;
}

/** What a request changes, in words: a route, or a TraefikService in front. */
export function inFront({ kind, name }: Pick<RouteRequest | FrontRequest, 'kind' | 'name'>): string {
  return `${kind === 'ingressroute' ? 'IngressRoute' : 'TraefikService'} ${name}`;
}
