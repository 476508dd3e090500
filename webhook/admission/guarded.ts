import { labelsAt } from '../facts/selector.ts';
import { leftBy, routesTo } from '../facts/routes.ts';
import { governedIn, usesOfService } from '../facts/usage.ts';
import { at, get, list, number, sameJson, text } from '../../common/json.ts';
import { ANNOTATION, GROUPS } from '../policy/index.ts';
import type { TargetedPort } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from './guarded-request.ts';
import type { Guarded, GuardReader } from './guarded-request.ts';
import { guardedOwners } from './guarded-owners.ts';
import { guardedWorkload, isWorkload } from './guarded-workload.ts';
import type { AdmissionRequest } from './types.ts';
import { annotationOf } from './workload-actions.ts';

export type { Guarded, GuardReader } from './guarded-request.ts';

/** What a request means for the governed TraefikServices of its namespace; nothing where it means nothing to them. */
export async function readGuarded(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<readonly Guarded[]> {
  const found = await Promise.all([about(request, reader, signal), guardedOwners(request, reader, signal)]);
  return found.filter((each) => each !== null);
}

async function about(request: AdmissionRequest, reader: GuardReader, signal: AbortSignal): Promise<Guarded | null> {
  if (isWorkload(request)) return guardedWorkload(request, reader, signal);
  switch (request.resource) {
    case 'services':
      return service(request, reader, signal);
    case 'traefikservices':
      return traefikService(request, reader, signal);
    case 'ingressroutes':
      return ingressRoute(request, reader, signal);
    default:
      return null;
  }
}

async function service(request: AdmissionRequest, reader: GuardReader, signal: AbortSignal): Promise<Guarded | null> {
  const { namespace, operation, object, oldObject } = request;
  const name = nameOf(request);
  const uses = usesOfService(await governedIn(reader, namespace, signal), name);
  const selectorChanged = !sameJson(labelsAt(object, 'spec', 'selector'), labelsAt(oldObject, 'spec', 'selector'));
  const deleted = operation === 'DELETE';
  return {
    request: {
      kind: 'service',
      namespace,
      name,
      deleted,
      selectorChanged: !deleted && selectorChanged,
      turnedExternal: externalName(object) === externalName(oldObject) ? null : externalName(object),
      publishesUnready: publishesUnready(object) && !publishesUnready(oldObject),
      portsBefore: targetsOf(oldObject),
      ports: targetsOf(object),
      uses,
    },
    override: annotationOf(ANNOTATION.override, object, oldObject),
  };
}

function externalName(object: JsonObject | null): string | null {
  return at(object, 'spec', 'type') === 'ExternalName' ? (text(at(object, 'spec', 'externalName')) ?? '') : null;
}

function publishesUnready(object: JsonObject | null): boolean {
  return at(object, 'spec', 'publishNotReadyAddresses') === true;
}

/** A missing `targetPort` is the port itself. */
function targetsOf(object: JsonObject | null): readonly TargetedPort[] {
  return list(at(object, 'spec', 'ports')).flatMap((entry) => {
    const port = number(get(entry, 'port'));
    const target = get(entry, 'targetPort');
    return port === null
      ? []
      : [{ name: text(get(entry, 'name')), port, target: text(target) ?? number(target) ?? port }];
  });
}

async function traefikService(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const group = GROUPS.find((known) => known === request.group);
  const { namespace, oldObject } = request;
  if (group === undefined || request.operation !== 'DELETE') return null;
  if (annotationOf(ANNOTATION.unguard, oldObject) !== null) return null;
  const name = nameOf(request);
  const routes = await routesTo(reader, { group, namespace, name }, signal);
  return {
    request: { kind: 'traefikservice-deletion', namespace, name, group, routes },
    override: annotationOf(ANNOTATION.override, oldObject),
  };
}

async function ingressRoute(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { namespace, object, oldObject } = request;
  if (request.operation === 'DELETE') return ingressRouteDeletion(request, reader, signal);
  const before = list(at(oldObject, 'spec', 'routes'));
  const changed = list(at(object, 'spec', 'routes')).filter((route) => !before.some((old) => sameJson(old, route)));
  if (changed.length === 0) return null;
  const routes = changed.map((route) => list(get(route, 'services')).filter(isService).map(serviceName));
  const pairs = (await governedIn(reader, namespace, signal)).map(({ pair }) => pair);
  return {
    request: { kind: 'ingressroute', namespace, name: nameOf(request), routes, pairs },
    override: annotationOf(ANNOTATION.override, object),
  };
}

async function ingressRouteDeletion(
  request: AdmissionRequest,
  reader: GuardReader,
  signal: AbortSignal,
): Promise<Guarded | null> {
  const { namespace, oldObject } = request;
  const group = GROUPS.find((known) => known === request.group);
  if (group === undefined || oldObject === null) return null;
  const name = nameOf(request);
  const leaves = await leftBy(reader, oldObject, { group, namespace, name }, signal);
  return {
    request: { kind: 'ingressroute-deletion', namespace, name, leaves },
    override: annotationOf(ANNOTATION.override, oldObject),
  };
}

function isService(entry: unknown): boolean {
  return (text(get(entry, 'kind')) ?? 'Service') === 'Service';
}

function serviceName(entry: unknown): string {
  return text(get(entry, 'name')) ?? '';
}
