import { at, get, list, text } from '../policy/json.ts';
import { ANNOTATION, GROUPS, type Change } from '../policy/index.ts';
import type { AdmissionRequest } from './types.ts';

/** The policy's view of a request for a TraefikService; null for any other kind of request. */
export function changeOf(request: AdmissionRequest): Change | null {
  const group = GROUPS.find((known) => known === request.group);
  if (group === undefined || request.resource !== 'traefikservices' || request.operation === 'CONNECT') return null;
  return {
    operation: request.operation,
    group,
    namespace: request.namespace,
    name: nameOf(request),
    object: request.object,
    oldObject: request.oldObject,
    user: request.user.name,
    serverSideApply: isServerSideApply(request),
  };
}

/** A request for many objects (`kubectl delete --all`) and one with generateName carry no name of their own. */
function nameOf({ name, object, oldObject }: AdmissionRequest): string {
  const named = object ?? oldObject;
  return name || (text(at(named, 'metadata', 'name')) ?? text(at(named, 'metadata', 'generateName')) ?? '');
}

/**
 * Whether the smoke-test annotation comes from a server-side apply. Such a request looks like any creation or update;
 * what tells is the managed fields, which the API server has brought up to date before it asks: whoever wrote the
 * annotation otherwise has taken it over from the manager that applied it.
 */
function isServerSideApply({ object }: AdmissionRequest): boolean {
  const field = `f:${ANNOTATION.smokeTest}`;
  return list(at(object, 'metadata', 'managedFields')).some(
    (entry) =>
      get(entry, 'operation') === 'Apply' && at(entry, 'fieldsV1', 'f:metadata', 'f:annotations', field) !== undefined,
  );
}
