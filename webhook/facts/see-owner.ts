import { FORBIDDEN } from '../../common/http-status.ts';
import { at, get, list, text } from '../../common/json.ts';
import type { ResourceClient } from '../../common/kube/client.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { ReadOptions } from './reader.ts';
import type { OwnerReference, UsageReader } from './usage-reader.ts';

/**
 * Looks an owner up as the garbage collector does: its kind by the API's discovery, then the object, which has to have the
 * uid. An owner without a namespace is none of its namespace.
 */
export function createOwnerLook(client: ResourceClient<ReadOptions>): UsageReader['seeOwner'] {
  async function look(
    namespace: string,
    { apiVersion, kind, name, uid }: OwnerReference,
    signal: AbortSignal,
  ): Promise<'there' | 'gone'> {
    const attempt = `read ${kind} ${name}`;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const served = await client.getOrNull(root, { attempt: `read the kinds of ${apiVersion}`, signal });
    const found = list(get(served, 'resources')).find(
      (each) => get(each, 'kind') === kind && text(get(each, 'name'))?.includes('/') === false,
    );
    const plural = text(get(found, 'name'));
    if (plural === null) return 'gone';
    const where = { namespace: get(found, 'namespaced') === true ? namespace : null, name };
    const owner = await client.getOrNull(resourcePath(apiVersion, plural, where), { attempt, signal });
    return text(at(owner, 'metadata', 'uid')) === uid ? 'there' : 'gone';
  }
  return async (namespace, reference, signal) => {
    try {
      return await look(namespace, reference, signal);
    } catch (error) {
      if (hasStatus(error, FORBIDDEN)) return 'unreadable';
      throw error;
    }
  };
}
