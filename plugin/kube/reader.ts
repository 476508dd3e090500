import type { NeighborReader } from '../../webhook/facts/neighbors.ts';
import type { LabelSelector, Reader } from '../../webhook/facts/reader.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Client } from './client.ts';
import { ApiError } from './errors.ts';

const NOT_FOUND = 404;

/** The facts' narrow view of a cluster, over the plugin's client. */
export function createReader(client: Client): Reader & NeighborReader {
  return {
    getService: (namespace, name, signal) =>
      client.find(`/api/v1/namespaces/${namespace}/services/${encodeURIComponent(name)}`, { signal }),
    listEndpointSlices: (namespace, service, signal) =>
      client.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
        query: { labelSelector: `kubernetes.io/service-name=${service}` },
        signal,
      }),
    listPods: (namespace, selector, signal) =>
      client.list(`/api/v1/namespaces/${namespace}/pods`, {
        query: { labelSelector: selectorText(selector) },
        signal,
      }),
    getDeployment: (namespace, name, signal) => client.find(apps(namespace, 'deployments', name), { signal }),
    getReplicaSet: (namespace, name, signal) => client.find(apps(namespace, 'replicasets', name), { signal }),
    listReplicaSets: (namespace, selector, signal) =>
      client.list(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
        query: { labelSelector: selectorText(selector) },
        signal,
      }),
    getStatefulSet: (namespace, name, signal) => client.find(apps(namespace, 'statefulsets', name), { signal }),
    listTraefikServices: (group, namespace, signal) =>
      noneIfMissing(client.list(`/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices`, { signal })),
  };
}

/** A group that is not installed has no items. */
async function noneIfMissing(items: Promise<readonly JsonObject[]>): Promise<readonly JsonObject[]> {
  try {
    return await items;
  } catch (error) {
    if (error instanceof ApiError && error.code === NOT_FOUND) return [];
    throw error;
  }
}

function selectorText(selector: LabelSelector): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function apps(namespace: string, kind: string, name: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/${kind}/${encodeURIComponent(name)}`;
}
