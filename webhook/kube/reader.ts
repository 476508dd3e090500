import type { LabelSelector, Reader } from '../facts/reader.ts';
import type { JsonObject } from '../../common/json.ts';
import type { KubeClient } from './client.ts';

/** The Reader of the facts on a real API server. Every call is live: nothing is cached. */
export function createReader(client: KubeClient): Reader {
  function get(api: string, kind: string, plural: string): Get {
    return (namespace, name, signal) =>
      client.get({
        path: `${api}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`,
        attempt: `read ${kind} ${namespace}/${name}`,
        signal,
      });
  }

  function list(api: string, plural: string, namespace: string, selector: LabelSelector, signal: AbortSignal) {
    const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    return client.list({
      path: `${api}/namespaces/${encodeURIComponent(namespace)}/${plural}`,
      query: { labelSelector: labels.join(',') },
      attempt: `list ${plural} of namespace ${namespace}`,
      signal,
    });
  }

  return {
    getService: get('/api/v1', 'Service', 'services'),
    getDeployment: get('/apis/apps/v1', 'Deployment', 'deployments'),
    getReplicaSet: get('/apis/apps/v1', 'ReplicaSet', 'replicasets'),
    getStatefulSet: get('/apis/apps/v1', 'StatefulSet', 'statefulsets'),
    listReplicaSets: (namespace, selector, signal) => list('/apis/apps/v1', 'replicasets', namespace, selector, signal),
    listPods: (namespace, selector, signal) => list('/api/v1', 'pods', namespace, selector, signal),
    listEndpointSlices: (namespace, service, signal) =>
      list('/apis/discovery.k8s.io/v1', 'endpointslices', namespace, { 'kubernetes.io/service-name': service }, signal),
  };
}

type Get = (namespace: string, name: string, signal: AbortSignal) => Promise<JsonObject | null>;
