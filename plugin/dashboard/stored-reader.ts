import type { JsonObject } from '../../common/json.ts';
import { labelsAt, selects } from '../../webhook/facts/selector.ts';
import type { LabelSelector } from '../../webhook/facts/reader.ts';
import type { Session } from '../cli/session.ts';
import { describeError } from '../kube/errors.ts';
import type { Collection, Store } from './store.ts';

const SERVICE = 'kubernetes.io/service-name';
const HASH = 'pod-template-hash';

/**
 * The reader of facts on what the watches have brought: no request is sent, but for the rare objects that are not
 * followed. A collection that could not be read rejects with the reason.
 */
export function storedReader(store: Store, live: Session['reader']): Session['reader'] {
  function check(collection: Collection): void {
    const knowledge = store.knowledge(collection);
    if (knowledge.kind === 'unread') throw new Error(`the ${collection} are not read yet`);
    if (knowledge.kind === 'failed' && !knowledge.stale) throw new Error(describeError(knowledge.error));
  }
  async function get(collection: Collection, namespace: string, name: string): Promise<JsonObject | null> {
    check(collection);
    return store.get(collection, namespace, name);
  }
  async function matching(
    collection: Collection,
    namespace: string,
    matches: (labels: LabelSelector) => boolean,
  ): Promise<readonly JsonObject[]> {
    check(collection);
    return store.in(collection, namespace).filter((object) => matches(labelsAt(object, 'metadata', 'labels')));
  }
  return {
    ...live,
    getService: (namespace, name) => get('services', namespace, name),
    getEndpointSlice: (namespace, name) => get('endpointslices', namespace, name),
    getDeployment: (namespace, name) => get('deployments', namespace, name),
    getReplicaSet: (namespace, name) => get('replicasets', namespace, name),
    getStatefulSet: (namespace, name) => get('statefulsets', namespace, name),
    getDaemonSet: (namespace, name) => get('daemonsets', namespace, name),
    listEndpointSlices: (namespace, service) =>
      matching('endpointslices', namespace, (labels) => labels[SERVICE] === service),
    peekEndpointSlices: (namespace, services) =>
      matching('endpointslices', namespace, (labels) => services.includes(labels[SERVICE] ?? '')),
    listPods: (namespace, selector) => matching('pods', namespace, (labels) => selects(selector, labels)),
    peekPods: (namespace, selectors) =>
      Promise.all(selectors.map((selector) => matching('pods', namespace, (labels) => selects(selector, labels)))),
    listReplicaSets: (namespace, selector) => matching('replicasets', namespace, (labels) => selects(selector, labels)),
    peekReplicaSets: (namespace, hashes) =>
      matching('replicasets', namespace, (labels) => hashes.includes(labels[HASH] ?? '')),
  };
}
