import type { UsageReader } from '../facts/usage-reader.ts';
import type { Group } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { KubeClient } from './client.ts';

/** The UsageReader of the guards on a real API server. Every call is live: nothing is cached. */
export function createUsageReader(client: KubeClient): UsageReader {
  function list(group: Group, plural: string, namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return client.list({
      path: `/apis/${group}/v1alpha1/namespaces/${encodeURIComponent(namespace)}/${plural}`,
      attempt: `list ${plural}.${group} of namespace ${namespace}`,
      signal,
    });
  }
  return {
    listTraefikServices: (group, namespace, signal) => list(group, 'traefikservices', namespace, signal),
    listIngressRoutes: (group, namespace, signal) => list(group, 'ingressroutes', namespace, signal),
    listServices: (namespace, signal) =>
      client.list({
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/services`,
        attempt: `list services of namespace ${namespace}`,
        signal,
      }),
    getNamespace: (name, signal) =>
      client.get({ path: `/api/v1/namespaces/${encodeURIComponent(name)}`, attempt: `read namespace ${name}`, signal }),
  };
}
