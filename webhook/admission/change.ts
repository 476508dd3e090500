import { at, text } from '../../common/json.ts';
import { GROUPS, appliersOf } from '../policy/index.ts';
import type { Change } from '../policy/index.ts';
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
    // Such a request looks like any other. What tells is the managed fields, which are up to date before webhooks are called:
    // whoever wrote the annotation otherwise has taken it over from the manager that applied it.
    serverSideApply: appliersOf(request.object).length > 0,
  };
}

/** A request for many objects (`kubectl delete --all`) and one with generateName carry no name of their own. */
function nameOf({ name, object, oldObject }: AdmissionRequest): string {
  const named = object ?? oldObject;
  return name || (text(at(named, 'metadata', 'name')) ?? text(at(named, 'metadata', 'generateName')) ?? '');
}
