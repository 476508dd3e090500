import type { Group, PartKind } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { CallOptions } from '../../common/kube/client.ts';

/** What every call of a reader of a real cluster says. */
export type ReadOptions = CallOptions & { readonly attempt: string; readonly signal: AbortSignal };

/** A label selector with equality terms only, as a Service has: `{app: shop, color: green}`. */
export type LabelSelector = Readonly<Record<string, string>>;

/**
 * All that the facts ask of a cluster. Objects come back as the API server's JSON; `null` means that the object (or its
 * kind) does not exist. Anything else that goes wrong rejects with an Error whose message can stand in a sentence for a
 * user. Every call ends early when `signal` is aborted. Lists follow `continue` pages to the end.
 *
 * `get` and `list` read what is stored now. `peek` reads the watch cache of the API server, at half the cost and without
 * the wait of up to 100 ms for etcd's progress that a list has on a busy cluster; it may be older than now by moments. So
 * it says what to ask for, and is checked against what is read now.
 */
export interface Reader {
  getService(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
  getEndpointSlice(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
  /** EndpointSlices with the label `kubernetes.io/service-name=<service>`. */
  listEndpointSlices(namespace: string, service: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Of several Services, in one request. */
  peekEndpointSlices(
    namespace: string,
    services: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]>;
  listPods(namespace: string, selector: LabelSelector, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Pods of each of several selectors, in their order: without pages, so only where few are expected. */
  peekPods(
    namespace: string,
    selectors: readonly LabelSelector[],
    signal: AbortSignal,
  ): Promise<readonly (readonly JsonObject[])[]>;
  getDeployment(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
  getReplicaSet(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
  /** ReplicaSets whose labels match: a Deployment's carry its pod template's labels, also when it is scaled to 0. */
  listReplicaSets(namespace: string, selector: LabelSelector, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** ReplicaSets with one of these pod-template-hashes. */
  peekReplicaSets(namespace: string, hashes: readonly string[], signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Traefik's own objects of a kind that entries or routes name; none where the group is not installed. */
  listNamed(kind: PartKind, group: Group, namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  getStatefulSet(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
  getDaemonSet(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
}
