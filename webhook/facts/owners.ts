import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Reader } from './reader.ts';

/** An object as an owner reference names it, in the namespace of what it owns. */
export interface Owner {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Null where the reference has none, which the API server does not store. */
  readonly uid: string | null;
}

/** A workload as a request names it. */
export interface WorkloadRef {
  readonly group: string;
  /** Such as `deployments`. */
  readonly resource: string;
  readonly name: string;
  /** Null where the request does not tell. */
  readonly uid: string | null;
}

/** Owners above this many are not looked for: a pod of a Rollout has two, and one for what made that. */
const MOST = 4;

/** The controlling owner of an object. */
export function ownerOf(object: JsonObject | null): Owner | null {
  const owner = list(at(object, 'metadata', 'ownerReferences')).find((each) => get(each, 'controller') === true);
  const kind = text(get(owner, 'kind'));
  const name = text(get(owner, 'name'));
  if (kind === null || name === null) return null;
  const version = text(get(owner, 'apiVersion')) ?? '';
  return {
    group: version.includes('/') ? (version.split('/')[0] ?? '') : '',
    kind,
    name,
    uid: text(get(owner, 'uid')),
  };
}

/** Whether an owner is that workload. Without a uid on both sides, by its name and its kind, whose plural adds an s. */
export function isOwner(owner: Owner, { group, resource, name, uid }: WorkloadRef): boolean {
  if (owner.uid !== null && uid !== null) return owner.uid === uid;
  return owner.group === group && `${owner.kind.toLowerCase()}s` === resource && owner.name === name;
}

/**
 * Finds the controllers of objects up to the root: from a pod to its ReplicaSet, its Deployment, and what made that. A
 * kind outside of `apps` ends the way: it is told, and not looked at. Each object is read once.
 */
export function createOwnerSearch(
  reader: Reader,
  namespace: string,
  signal: AbortSignal,
): (object: JsonObject) => Promise<readonly Owner[]> {
  const reads = new Map<string, Promise<JsonObject | null>>();
  function read({ group, kind, name }: Owner): Promise<JsonObject | null> {
    const key = `${group}/${kind}/${name}`;
    const known = reads.get(key);
    if (known !== undefined) return known;
    const asked = group === 'apps' ? readApp(reader, namespace, kind, name, signal) : Promise.resolve(null);
    reads.set(key, asked);
    return asked;
  }
  return async (object) => {
    const owners: Owner[] = [];
    let owner = ownerOf(object);
    while (owner !== null && owners.length < MOST) {
      owners.push(owner);
      owner = ownerOf(await read(owner));
    }
    return owners;
  };
}

/** A workload of the group `apps`; null for a kind of it that owns no pods. */
export async function readApp(
  reader: Reader,
  namespace: string,
  kind: string,
  name: string,
  signal: AbortSignal,
): Promise<JsonObject | null> {
  switch (kind) {
    case 'Deployment':
      return reader.getDeployment(namespace, name, signal);
    case 'StatefulSet':
      return reader.getStatefulSet(namespace, name, signal);
    case 'DaemonSet':
      return reader.getDaemonSet(namespace, name, signal);
    case 'ReplicaSet':
      return reader.getReplicaSet(namespace, name, signal);
    default:
      return null;
  }
}
