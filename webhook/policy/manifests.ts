import { at, get, list, sameJson, text } from '../../common/json.ts';
import type { Change } from './types.ts';

/** Field managers of clients that write a whole manifest by an update. */
const MANIFEST_MANAGERS: ReadonlySet<string> = new Set([
  'kubectl-client-side-apply',
  'kubectl-replace',
  'argocd-controller',
  'helm',
]);

/**
 * Whether this request writes the list with its weights from a manifest: the manager of the list applies, or is a client
 * that sends whole manifests. Who switches by a patch takes the list over. Where the managed fields are those of the
 * stored object, no API server has seen the request: it is a preflight.
 */
export function listComesFromManifest({ object, oldObject }: Pick<Change, 'object' | 'oldObject'>): boolean {
  const fields = at(object, 'metadata', 'managedFields');
  if (sameJson(fields, at(oldObject, 'metadata', 'managedFields'))) return false;
  return list(fields)
    .filter((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:weighted', 'f:services') !== undefined)
    .some((entry) => get(entry, 'operation') === 'Apply' || MANIFEST_MANAGERS.has(text(get(entry, 'manager')) ?? ''));
}
