import type { JsonObject } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { ReadStored } from '../admission/origin.ts';
import { GROUPS } from '../policy/index.ts';
import type { KubeClient } from './client.ts';

/** Where the resources of reviews are read; by the rights that the webhook has anyway. */
export function createStoredObjects(client: KubeClient): ReadStored {
  return async ({ group, resource, namespace, name }, signal): Promise<JsonObject | null> => {
    const options = { attempt: `read ${resource} ${namespace}/${name}`, signal };
    if (resource === 'namespaces') return client.getOrNull(resourcePath('v1', resource, { name }), options);
    if (resource === 'services') return client.getOrNull(resourcePath('v1', resource, { namespace, name }), options);
    if (group === 'apps') return client.getOrNull(resourcePath('apps/v1', resource, { namespace, name }), options);
    const known = GROUPS.find((each) => each === group);
    if (known === undefined) return null;
    const path = resourcePath(`${known}/v1alpha1`, resource, { namespace });
    const [found = null] = await client.listOrNone(path, {
      ...options,
      query: { fieldSelector: `metadata.name=${name}` },
    });
    return found;
  };
}
