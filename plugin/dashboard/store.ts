import type { JsonObject } from '../../common/json.ts';
import { at } from '../../common/json.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';
import { nameOf } from '../../common/objects.ts';

/** The collections that the dashboard follows, by the plural of their kind. */
export const COLLECTIONS = {
  'traefikservices.traefik.io': 'traefik.io/v1alpha1',
  'traefikservices.traefik.containo.us': 'traefik.containo.us/v1alpha1',
  services: 'v1',
  endpointslices: 'discovery.k8s.io/v1',
  pods: 'v1',
  deployments: 'apps/v1',
  replicasets: 'apps/v1',
  statefulsets: 'apps/v1',
  daemonsets: 'apps/v1',
} as const;
export type Collection = keyof typeof COLLECTIONS;
export const COLLECTION_NAMES: readonly Collection[] = [
  'traefikservices.traefik.io',
  'traefikservices.traefik.containo.us',
  'services',
  'endpointslices',
  'pods',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
];

/** What is known of a collection: nothing yet, all of it, or why nothing. */
export type Knowledge =
  | { readonly kind: 'unread' }
  | { readonly kind: 'read' }
  /** `stale` has been read before. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly stale: boolean };

/** The objects of the followed collections, by namespace and name. */
export interface Store {
  replace(collection: Collection, objects: readonly JsonObject[]): void;
  put(collection: Collection, object: JsonObject): void;
  remove(collection: Collection, object: JsonObject): void;
  /** Why the collection cannot be followed; null when it is followed again. */
  know(collection: Collection, error: unknown): void;
  knowledge(collection: Collection): Knowledge;
  get(collection: Collection, namespace: string, name: string): JsonObject | null;
  in(collection: Collection, namespace: string): readonly JsonObject[];
  namespaces(collection: Collection): readonly string[];
}

/** `changed` is called with the namespace of whatever changes, and with null where all may have. */
export function createStore(changed: (namespace: string | null) => void): Store {
  const objects = new Map<Collection, Map<string, Map<string, JsonObject>>>();
  const known = new Map<Collection, Knowledge>();
  function placeOf(collection: Collection, namespace: string): Map<string, JsonObject> {
    const all = objects.get(collection) ?? new Map<string, Map<string, JsonObject>>();
    objects.set(collection, all);
    const place = all.get(namespace) ?? new Map<string, JsonObject>();
    all.set(namespace, place);
    return place;
  }
  function put(collection: Collection, object: JsonObject): string {
    const namespace = namespaceOf(object);
    placeOf(collection, namespace).set(nameOf(object), object);
    return namespace;
  }
  return {
    replace: (collection, all) => {
      objects.set(collection, new Map());
      for (const object of all) put(collection, object);
      known.set(collection, { kind: 'read' });
      changed(null);
    },
    put: (collection, object) => changed(put(collection, object)),
    remove: (collection, object) => {
      const namespace = namespaceOf(object);
      placeOf(collection, namespace).delete(nameOf(object));
      changed(namespace);
    },
    know: (collection, error) => {
      const before = known.get(collection) ?? { kind: 'unread' };
      const read = before.kind === 'read' || (before.kind === 'failed' && before.stale);
      if (error !== null) known.set(collection, { kind: 'failed', error, stale: read });
      else if (read) known.set(collection, { kind: 'read' });
      if (before.kind !== known.get(collection)?.kind) changed(null);
    },
    knowledge: (collection) => known.get(collection) ?? { kind: 'unread' },
    get: (collection, namespace, name) => objects.get(collection)?.get(namespace)?.get(name) ?? null,
    in: (collection, namespace) => [...(objects.get(collection)?.get(namespace)?.values() ?? [])],
    namespaces: (collection) =>
      [...(objects.get(collection) ?? [])].flatMap(([name, { size }]) => (size > 0 ? [name] : [])),
  };
}

function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

/** What is kept of an object: of pods what their state needs, of others everything but the account of who wrote what. */
export function kept(collection: Collection): (object: JsonObject) => JsonObject {
  if (collection.startsWith('traefikservices')) return (object) => object;
  return collection === 'pods' ? keptOfPod : withoutFields;
}

function withoutFields(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, 'metadata');
  return { ...object, metadata };
}

function keptOfPod(pod: JsonObject): JsonObject {
  const metadata = objectAt(pod, 'metadata');
  const { name, namespace, uid, labels, ownerReferences, creationTimestamp, deletionTimestamp } = metadata;
  function containers(key: string): readonly JsonObject[] {
    return objectsAt(pod, 'spec', key).map((each) => ({
      name: at(each, 'name'),
      image: at(each, 'image'),
      ports: at(each, 'ports'),
    }));
  }
  return {
    metadata: { name, namespace, uid, labels, ownerReferences, creationTimestamp, deletionTimestamp },
    spec: { containers: containers('containers'), initContainers: containers('initContainers') },
    status: pod['status'],
  };
}
