import type { CheckResult } from '../checks/check.ts';
import { denial, warning } from '../checks/check.ts';
import { ANNOTATION } from '../annotations.ts';
import { PROVIDER } from '../traefik/names.ts';
import { crosses, mayNameProviders } from '../traefik/settings.ts';
import type { Settings } from '../types.ts';
import type {
  Beyond,
  Guard,
  GuardedRequest,
  Mix,
  NewPart,
  PartTrouble,
  PartUse,
  PreviewRoute,
  Routed,
  RouteLoss,
} from './guard.ts';

type RouteRequest = GuardedRequest & { readonly kind: 'ingressroute' };
type FrontRequest = GuardedRequest & { readonly kind: 'traefikservice-update' };
type PartRequest = GuardedRequest & { readonly kind: 'part' };

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

function lost(request: RouteRequest | FrontRequest, settings: Settings): readonly CheckResult[] {
  const { leaves, loss } = request;
  return loss === null || mayBeThere(loss, settings, request.namespace)
    ? []
    : leaves.map((each) => last(request, each, loss));
}

/** Where Traefik looks beyond the namespace, nothing here knows what it finds. */
function mayBeThere(loss: RouteLoss, settings: Settings, namespace: string): boolean {
  return loss.how === 'nothing there' && loss.beyond !== null && looksAt(loss.beyond, settings, namespace);
}

function looksAt(beyond: Beyond, settings: Settings, namespace: string): boolean {
  if ('namespace' in beyond) return crosses(settings, beyond.namespace);
  if (!mayNameProviders(settings, namespace)) return false;
  const { allowCrossNamespace, crossProviders } = settings;
  if (beyond.provider === PROVIDER) return allowCrossNamespace;
  return crossProviders.includes('*') || crossProviders.includes(beyond.provider);
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

function mixed({ kind, name, namespace }: RouteRequest | FrontRequest, { traefikService, beside }: Mix): CheckResult {
  return denial(
    'a route mixes an active TraefikService with another backend',
    `${inFront({ kind, name })} in ${namespace} would send part of the requests to TraefikService ${traefikService} and part to ${beside}, past its rules. Give each a rule or a route of its own, or weight 0`,
  );
}

function inFront({ kind, name }: Pick<RouteRequest | FrontRequest, 'kind' | 'name'>): string {
  return `${kind === 'ingressroute' ? 'IngressRoute' : 'TraefikService'} ${name}`;
}

function past({ name, namespace }: RouteRequest, { traefikService, preview }: PreviewRoute): CheckResult {
  return denial(
    'a route leads past an active TraefikService to its preview',
    `IngressRoute ${name} in ${namespace} would send the requests of TraefikService ${traefikService} to ${preview}, its preview, past its rules. Switch instead: kubectl bluegreen promote ${traefikService} -n ${namespace}. For a preview host, write a rule of its own`,
  );
}

function hanging(name: string, { parents, missing }: RouteLoss & { readonly how: 'hung' }): string {
  if (missing !== null) return `its parent IngressRoute ${missing} does not exist, and Traefik would read none of it`;
  if (parents.includes(name)) return 'it would hang under itself, and get no request';
  return `under ${parents.join(', ')} it would get no request: a parent has no backend, a child no TLS and no entry points`;
}

function named(
  { name, namespace }: RouteRequest,
  { part, written, trouble, traefikService, service }: NewPart,
  settings: Settings,
): CheckResult | null {
  const what = `IngressRoute ${name} would name ${part} ${written}`;
  const then = `every request to TraefikService ${traefikService}, where ${service} answers, would fail`;
  if (trouble.how === 'absent')
    return denial(
      `a route names a ${part} that does not exist`,
      `${what}, which does not exist in ${namespace}: ${then}. Create it first`,
    );
  if (trouble.how !== 'beyond') return troubled(`${what} of ${namespace}: ${inWords(trouble)}`, then, part, trouble);
  if (looksAt(trouble.beyond, settings, namespace)) {
    // Up to 3.6 Traefik takes such a name for one of another namespace (loadIngressRouteConfiguration).
    if (part !== 'TLSOption' || trouble.namespaced || settings.allowCrossNamespace) return null;
    return denial(
      `a route names a ${part} of another provider`,
      `${what} without a namespace, and Traefik before 3.7 reads that with allowCrossNamespace=true only: ${then}. Write namespace: ${namespace} beside its name`,
    );
  }
  if ('provider' in trouble.beyond && !mayNameProviders(settings, namespace))
    return denial(
      `a route names a ${part} of another provider`,
      `${what}, and Traefik's crossProviderNamespaces leave out ${namespace}: ${then}. Name a ${part} of ${namespace}, without @`,
    );
  const own = 'namespace' in trouble.beyond || trouble.beyond.provider === PROVIDER;
  return denial(
    `a route names a ${part} ${own ? 'of another namespace' : 'of another provider'}`,
    own
      ? `${what}${'namespace' in trouble.beyond ? ` of namespace ${trouble.beyond.namespace}` : ''}, which Traefik reads with allowCrossNamespace=true only: ${then}. Name a ${part} of ${namespace}, without @ and namespace`
      : `${what}, and the cluster does not tell whether that provider has it; if not, ${then}. Name a ${part} of ${namespace}, or add the provider to the chart's crossProviders`,
  );
}

function inWords(trouble: PartTrouble): string {
  if (trouble.how === 'flawed') return trouble.flaw.cause;
  const { kind, name } = trouble.required;
  return trouble.seen === 'gone'
    ? `it needs ${kind} ${name}, which does not exist`
    : `it needs ${kind} ${name}, which the webhook may not read`;
}

function wayOut(part: string, trouble: PartTrouble): string {
  if (trouble.how === 'flawed') return trouble.flaw.fix;
  return trouble.seen === 'gone'
    ? `Create it first`
    : `Grant the webhook get on it, or annotate the ${part} with ${ANNOTATION.override}`;
}

function troubled(what: string, then: string, part: string, trouble: PartTrouble): CheckResult {
  const detail = `${what}, and ${then}. ${wayOut(part, trouble)}`;
  if (trouble.how === 'flawed' && !trouble.flaw.certain)
    return warning(`a ${part} that some versions cannot build`, detail);
  return denial(
    trouble.how === 'lacking' && trouble.seen === 'unreadable'
      ? `a ${part} needs something that cannot be seen`
      : `a ${part} that production needs cannot be built`,
    detail,
  );
}

function needed({ part, name, namespace, change }: PartRequest, { by, traefikService, service }: PartUse): CheckResult {
  const goes = `${by} in ${namespace} names ${part} ${name}, and ${service} of TraefikService ${traefikService} answers`;
  if (change.how === 'other labels')
    return denial(
      `a ${part} that production needs loses its labels`,
      `${goes}: Traefik would not read it any more, as its labelSelector is ${change.labelSelector}, and every request would fail. Leave the labels as they are`,
    );
  if (change.how !== 'deleted')
    return troubled(`${goes}: ${inWords(change)}`, 'every request would fail', part, change);
  const unguard = `For a teardown, run: kubectl bluegreen unguard ${traefikService} -n ${namespace}`;
  return denial(
    `a ${part} that production needs is deleted`,
    `${goes}: without it every request fails. Remove it from ${by} first. ${unguard}`,
  );
}
