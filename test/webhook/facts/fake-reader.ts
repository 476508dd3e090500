import type { RouteReader } from '../../../webhook/facts/routed.ts';
import type { LabelSelector, Reader } from '../../../webhook/facts/reader.ts';
import type { OwnerReference } from '../../../webhook/facts/usage-reader.ts';
import { at, text } from '../../../common/json.ts';
import type { Group, PartKind } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { labelsAt, selects } from '../../../webhook/facts/selector.ts';
import { parseObjects } from '../../yaml.ts';

/** A cluster made of plain Kubernetes YAML. */
export class FakeReader implements Reader, RouteReader {
  readonly calls: string[] = [];
  readonly #objects: readonly JsonObject[];
  /** What a look into the API server's cache sees. */
  readonly #cached: readonly JsonObject[];
  /** Called before every answer: may throw or wait. */
  readonly #before: (kind: string, signal: AbortSignal) => Promise<void>;

  constructor(
    source: string,
    before: (kind: string, signal: AbortSignal) => Promise<void> = async () => {},
    cached: string = source,
  ) {
    this.#objects = parseObjects(source);
    this.#cached = cached === source ? this.#objects : parseObjects(cached);
    this.#before = before;
  }

  getService(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    return this.#get('Service', namespace, name, signal);
  }

  getDeployment(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    return this.#get('Deployment', namespace, name, signal);
  }

  getReplicaSet(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    return this.#get('ReplicaSet', namespace, name, signal);
  }

  getStatefulSet(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    return this.#get('StatefulSet', namespace, name, signal);
  }

  getDaemonSet(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    return this.#get('DaemonSet', namespace, name, signal);
  }

  getEndpointSlice(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    return this.#get('EndpointSlice', namespace, name, signal);
  }

  async peekEndpointSlices(
    namespace: string,
    services: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const found = await this.#all('EndpointSlice', namespace, signal, this.#cached);
    return found.filter((object) => services.includes(labelOf(object, 'kubernetes.io/service-name')));
  }

  async peekPods(
    namespace: string,
    selectors: readonly LabelSelector[],
    signal: AbortSignal,
  ): Promise<readonly (readonly JsonObject[])[]> {
    const found = await this.#all('Pod', namespace, signal, this.#cached);
    return selectors.map((selector) => found.filter((pod) => selects(selector, labelsAt(pod, 'metadata', 'labels'))));
  }

  async peekReplicaSets(
    namespace: string,
    hashes: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const found = await this.#all('ReplicaSet', namespace, signal, this.#cached);
    return found.filter((object) => hashes.includes(labelOf(object, 'pod-template-hash')));
  }

  listEndpointSlices(namespace: string, service: string, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.#list('EndpointSlice', namespace, { 'kubernetes.io/service-name': service }, signal);
  }

  listPods(namespace: string, selector: LabelSelector, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.#list('Pod', namespace, selector, signal);
  }

  listReplicaSets(namespace: string, selector: LabelSelector, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.#list('ReplicaSet', namespace, selector, signal);
  }

  async listNamed(
    kind: PartKind,
    group: Group,
    namespace: string,
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const found = await this.#all(kind, namespace, signal);
    return found.filter((object) => text(object['apiVersion'])?.startsWith(`${group}/`));
  }

  listTraefikServices(group: Group, namespace: string | null, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.#ofGroup('TraefikService', group, namespace, signal);
  }

  peekTraefikServices(group: Group, namespace: string | null, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.listTraefikServices(group, namespace, signal);
  }

  listIngressRoutes(group: Group, namespace: string | null, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.#ofGroup('IngressRoute', group, namespace, signal);
  }

  async #ofGroup(kind: string, group: Group, namespace: string | null, signal: AbortSignal): Promise<JsonObject[]> {
    const found = await this.#all(kind, namespace, signal);
    return found.filter((object) => text(object['apiVersion'])?.startsWith(`${group}/`));
  }

  /** Of ConfigMaps nothing can be read. */
  seeOwner(_namespace: string, { kind, name, uid }: OwnerReference): Promise<'there' | 'gone' | 'unreadable'> {
    if (kind === 'ConfigMap') return Promise.resolve('unreadable');
    const found = this.#objects.find((object) => object['kind'] === kind && at(object, 'metadata', 'name') === name);
    return Promise.resolve(at(found, 'metadata', 'uid') === uid ? 'there' : 'gone');
  }

  /** Those named `hidden` cannot be read. */
  seeSecret(_namespace: string, name: string): Promise<'there' | 'gone' | 'unreadable'> {
    if (name === 'hidden') return Promise.resolve('unreadable');
    const found = this.#objects.some(
      (object) => object['kind'] === 'Secret' && at(object, 'metadata', 'name') === name,
    );
    return Promise.resolve(found ? 'there' : 'gone');
  }

  async #get(kind: string, namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null> {
    const found = await this.#all(kind, namespace, signal);
    return found.find((object) => at(object, 'metadata', 'name') === name) ?? null;
  }

  async #list(kind: string, namespace: string, selector: LabelSelector, signal: AbortSignal): Promise<JsonObject[]> {
    const found = await this.#all(kind, namespace, signal);
    return found.filter((object) =>
      Object.entries(selector).every(([key, value]) => at(object, 'metadata', 'labels', key) === value),
    );
  }

  async #all(
    kind: string,
    namespace: string | null,
    signal: AbortSignal,
    objects = this.#objects,
  ): Promise<JsonObject[]> {
    this.calls.push(kind);
    await this.#before(kind, signal);
    return objects.filter(
      (object) =>
        object['kind'] === kind && (namespace === null || text(at(object, 'metadata', 'namespace')) === namespace),
    );
  }
}

function labelOf(object: JsonObject, label: string): string {
  return labelsAt(object, 'metadata', 'labels')[label] ?? '';
}
