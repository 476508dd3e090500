import { at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import type { Query, ResourceClient } from '../../common/kube/client.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { PartKind } from '../policy/index.ts';
import type { Reader, ReadOptions } from './reader.ts';
import { createOwnerLook } from './see-owner.ts';
import { createSecretLook } from './see-secret.ts';
import { eitherText, labelsAt, selects, selectorText } from './selector.ts';
import type { UsageReader } from './usage-reader.ts';

const PLURALS: Readonly<Record<PartKind, string>> = {
  ServersTransport: 'serverstransports',
  Middleware: 'middlewares',
  TLSOption: 'tlsoptions',
};

/** What makes a list a `peek`. */
const FROM_CACHE: Query = { resourceVersion: '0' };

/**
 * The readers of facts and guards on a real API server, of either program. Every call asks the API server.
 *
 * @param keepPod what of each pod is kept: all of it where it is left out
 */
export function createReader(client: ResourceClient<ReadOptions>, keepPod?: Keep): Reader & UsageReader {
  function get(apiVersion: string, kind: string, plural: string): Get {
    return (namespace, name, signal) =>
      client.getOrNull(resourcePath(apiVersion, plural, { namespace, name }), {
        attempt: `read ${kind} ${namespace}/${name}`,
        signal,
      });
  }
  function list(apiVersion: string, plural: string, { namespace, query, signal, keep }: ListOf) {
    return client.list(resourcePath(apiVersion, plural, { namespace }), {
      query,
      keep,
      attempt: `list ${plural} of namespace ${namespace}`,
      signal,
    });
  }
  function listOfTraefik(plural: string, query: Query = {}): UsageReader['listIngressRoutes'] {
    return (group, namespace, signal) =>
      client.listOrNone(resourcePath(`${group}/v1alpha1`, plural, { namespace }), {
        query,
        attempt: `list ${plural}.${group}${namespace === null ? '' : ` of namespace ${namespace}`}`,
        signal,
      });
  }
  function slices(query: Query, namespace: string, signal: AbortSignal) {
    return list('discovery.k8s.io/v1', 'endpointslices', { namespace, query, signal });
  }
  async function peekPods(...[namespace, selectors, signal]: Parameters<Reader['peekPods']>): PeekedPods {
    const either = eitherText(selectors);
    if (either === null && selectors.length > 1) {
      const each = await Promise.all(selectors.map((selector) => peekPods(namespace, [selector], signal)));
      return each.flat();
    }
    const query = { ...FROM_CACHE, labelSelector: either ?? undefined };
    const found = await list('v1', 'pods', { namespace, query, signal, keep: withLabels(keepPod) });
    return selectors.map((selector) =>
      found.filter((each) => selects(selector, labelsAt(each, 'labels'))).map((each) => objectAt(each, 'pod')),
    );
  }
  return {
    getService: get('v1', 'Service', 'services'),
    getDeployment: get('apps/v1', 'Deployment', 'deployments'),
    getReplicaSet: get('apps/v1', 'ReplicaSet', 'replicasets'),
    getStatefulSet: get('apps/v1', 'StatefulSet', 'statefulsets'),
    getDaemonSet: get('apps/v1', 'DaemonSet', 'daemonsets'),
    listReplicaSets: (namespace, selector, signal) =>
      list('apps/v1', 'replicasets', { namespace, query: { labelSelector: selectorText(selector) }, signal }),
    peekReplicaSets: (namespace, hashes, signal) => {
      const query = { ...FROM_CACHE, labelSelector: `pod-template-hash in (${hashes.join(',')})` };
      return list('apps/v1', 'replicasets', { namespace, query, signal });
    },
    listPods: (namespace, selector, signal) =>
      list('v1', 'pods', { namespace, query: { labelSelector: selectorText(selector) }, keep: keepPod, signal }),
    peekPods,
    getEndpointSlice: get('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
    listEndpointSlices: (namespace, service, signal) =>
      slices({ labelSelector: `${OF}=${service}` }, namespace, signal),
    peekEndpointSlices: (namespace, services, signal) =>
      slices({ ...FROM_CACHE, labelSelector: `${OF} in (${services.join(',')})` }, namespace, signal),
    listNamed: (kind, group, namespace, signal) => listOfTraefik(PLURALS[kind])(group, namespace, signal),
    listTraefikServices: listOfTraefik('traefikservices'),
    peekTraefikServices: listOfTraefik('traefikservices', FROM_CACHE),
    listIngressRoutes: listOfTraefik('ingressroutes'),
    listServices: (namespace, signal) => list('v1', 'services', { namespace, query: {}, signal }),
    seeOwner: createOwnerLook(client),
    seeSecret: createSecretLook(client),
    getNamespace: (name, signal) =>
      client.getOrNull(resourcePath('v1', 'namespaces', { name }), { attempt: `read namespace ${name}`, signal }),
  };
}

type Get = (namespace: string, name: string, signal: AbortSignal) => Promise<JsonObject | null>;

type Keep = (item: JsonObject) => JsonObject;

type PeekedPods = ReturnType<Reader['peekPods']>;

interface ListOf {
  readonly namespace: string;
  readonly query: Query;
  readonly signal: AbortSignal;
  readonly keep?: Keep | undefined;
}

/** The label of an EndpointSlice that names its Service. */
const OF = 'kubernetes.io/service-name';

/** What is kept of a pod, and the labels by which it was selected. */
function withLabels(keepPod: Keep = (pod) => pod): Keep {
  return (pod) => ({ pod: keepPod(pod), labels: at(pod, 'metadata', 'labels') });
}
