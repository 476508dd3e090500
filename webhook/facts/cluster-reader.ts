import type { JsonObject } from '../../common/json.ts';
import type { ResourceClient } from '../../common/kube/client.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { Group, PartKind } from '../policy/index.ts';
import type { LabelSelector, Reader, ReadOptions } from './reader.ts';
import { createOwnerLook } from './see-owner.ts';
import { createSecretLook } from './see-secret.ts';
import type { UsageReader } from './usage-reader.ts';

const PLURALS: Readonly<Record<PartKind, string>> = {
  ServersTransport: 'serverstransports',
  Middleware: 'middlewares',
  TLSOption: 'tlsoptions',
};

/**
 * The readers of facts and guards on a real API server, of either program. Every call asks the API server.
 *
 * @param keepPod what of each pod is kept: all of it where it is left out
 */
export function createReader(
  client: ResourceClient<ReadOptions>,
  keepPod?: (pod: JsonObject) => JsonObject,
): Reader & UsageReader {
  function get(apiVersion: string, kind: string, plural: string): Get {
    return (namespace, name, signal) =>
      client.getOrNull(resourcePath(apiVersion, plural, { namespace, name }), {
        attempt: `read ${kind} ${namespace}/${name}`,
        signal,
      });
  }
  function list(apiVersion: string, plural: string, namespace: string, selector: LabelSelector, signal: AbortSignal) {
    return client.list(resourcePath(apiVersion, plural, { namespace }), {
      query: { labelSelector: selectorText(selector) },
      attempt: `list ${plural} of namespace ${namespace}`,
      signal,
    });
  }
  function ofTraefik(plural: string, group: Group, namespace: string, signal: AbortSignal) {
    return client.listOrNone(resourcePath(`${group}/v1alpha1`, plural, { namespace }), {
      attempt: `list ${plural}.${group} of namespace ${namespace}`,
      signal,
    });
  }
  function listOfTraefik(plural: string): UsageReader['listTraefikServices'] {
    return (group, namespace, signal) => ofTraefik(plural, group, namespace, signal);
  }
  return {
    getService: get('v1', 'Service', 'services'),
    getDeployment: get('apps/v1', 'Deployment', 'deployments'),
    getReplicaSet: get('apps/v1', 'ReplicaSet', 'replicasets'),
    getStatefulSet: get('apps/v1', 'StatefulSet', 'statefulsets'),
    getDaemonSet: get('apps/v1', 'DaemonSet', 'daemonsets'),
    listReplicaSets: (namespace, selector, signal) => list('apps/v1', 'replicasets', namespace, selector, signal),
    listPods: (namespace, selector, signal) =>
      client.list(resourcePath('v1', 'pods', { namespace }), {
        query: { labelSelector: selectorText(selector) },
        keep: keepPod,
        attempt: `list pods of namespace ${namespace}`,
        signal,
      }),
    listEndpointSlices: (namespace, service, signal) =>
      list('discovery.k8s.io/v1', 'endpointslices', namespace, { 'kubernetes.io/service-name': service }, signal),
    listNamed: (kind, group, namespace, signal) => ofTraefik(PLURALS[kind], group, namespace, signal),
    listTraefikServices: listOfTraefik('traefikservices'),
    listIngressRoutes: listOfTraefik('ingressroutes'),
    listServices: (namespace, signal) => list('v1', 'services', namespace, {}, signal),
    seeOwner: createOwnerLook(client),
    seeSecret: createSecretLook(client),
    getNamespace: (name, signal) =>
      client.getOrNull(resourcePath('v1', 'namespaces', { name }), { attempt: `read namespace ${name}`, signal }),
  };
}

type Get = (namespace: string, name: string, signal: AbortSignal) => Promise<JsonObject | null>;

/** As the query of a list; undefined where everything is selected. */
function selectorText(selector: LabelSelector): string | undefined {
  const terms = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return terms.length === 0 ? undefined : terms.join(',');
}
