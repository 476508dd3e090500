import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';

/** Field managers of clients that write a whole manifest by an update. */
const MANIFEST_MANAGERS: ReadonlySet<string> = new Set([
  'kubectl-client-side-apply',
  'kubectl-replace',
  'argocd-controller',
  'helm',
]);

/**
 * Whether a manifest has written the list with its weights last: the manager of the list applies, or is a client that
 * sends whole manifests. Who switches by a patch takes the list over.
 */
export function listComesFromManifest(object: JsonObject | null): boolean {
  return list(at(object, 'metadata', 'managedFields'))
    .filter((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:weighted', 'f:services') !== undefined)
    .some((entry) => get(entry, 'operation') === 'Apply' || MANIFEST_MANAGERS.has(text(get(entry, 'manager')) ?? ''));
}
