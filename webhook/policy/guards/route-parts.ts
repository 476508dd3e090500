import type { CheckResult } from '../checks/check.ts';
import { denial, warning } from '../checks/check.ts';
import { ANNOTATION } from '../annotations.ts';
import { PROVIDER } from '../traefik/names.ts';
import { mayNameProviders } from '../traefik/settings.ts';
import type { Settings } from '../types.ts';
import { looksAt } from './beyond.ts';
import type { PartRequest, RouteRequest } from './guard.ts';
import type { NewPart, PartTrouble, PartUse } from './part-changes.ts';

/** What is said of a Middleware, a TLSOption or a ServersTransport that a route names anew; null where it may be there. */
export function named(
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

/** What is said of a change of one that production needs. */
export function needed(
  { part, name, namespace, change }: PartRequest,
  { by, traefikService, service }: PartUse,
): CheckResult {
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
