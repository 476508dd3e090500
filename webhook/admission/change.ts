import { at, get, list, text } from '../policy/json.ts';
import { GROUPS, type Change } from '../policy/index.ts';
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
 * Whether a server-side apply is speaking. The API server tells patches apart by content type only; what reaches a
 * webhook is the field manager and the managed fields it just wrote, with the operation `Apply`.
 */
function isServerSideApply({ options, object }: AdmissionRequest): boolean {
  const manager = get(options, 'fieldManager');
  if (get(options, 'kind') !== 'PatchOptions' || manager === undefined || manager === '') return false;
  return list(at(object, 'metadata', 'managedFields')).some(
    (entry) => get(entry, 'manager') === manager && get(entry, 'operation') === 'Apply',
  );
}
