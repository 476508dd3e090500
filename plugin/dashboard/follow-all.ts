import { FORBIDDEN, NOT_FOUND } from '../../common/http-status.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import type { Io } from '../cli/io.ts';
import type { Client } from '../kube/client.ts';
import { follow } from '../kube/follow.ts';
import { isServed } from '../kube/groups.ts';
import { COLLECTION_NAMES, COLLECTIONS, kept } from './store.ts';
import type { Collection, Store } from './store.ts';

interface FollowAll {
  readonly client: Client;
  readonly store: Store;
  /** Null for all. */
  readonly namespace: string | null;
  readonly io: Pick<Io, 'interrupted' | 'sleep'>;
  readonly random: () => number;
}

/** The watches of all collections. */
export interface Followed {
  /** Makes every watch anew, at the version where it is. */
  renew(): void;
  readonly ended: Promise<void>;
}

/** Follows every collection into the store, until the command is interrupted. */
export function followAll({ client, store, namespace, io, random }: FollowAll): Followed {
  const renewals = new Map<Collection, () => void>();
  async function one(collection: Collection): Promise<void> {
    const [plural = ''] = collection.split('.');
    const path = resourcePath(COLLECTIONS[collection], plural, { namespace });
    const listener = {
      onAll: (objects: Parameters<Store['replace']>[1]) => store.replace(collection, objects),
      onObject: (object: Parameters<Store['put']>[1]) => store.put(collection, object),
      onDeleted: (object: Parameters<Store['remove']>[1]) => store.remove(collection, object),
      onProblem: (error: unknown) => void report(client, store, collection, error),
    };
    await follow(client, path, listener, {
      signal: io.interrupted,
      keep: kept(collection),
      sleep: (milliseconds, signal) => io.sleep(milliseconds, signal).catch(() => {}),
      random,
      renewed: (renew) => void renewals.set(collection, renew),
    });
  }
  return {
    renew: () => {
      for (const renew of renewals.values()) renew();
    },
    ended: Promise.all(COLLECTION_NAMES.map(one)).then(() => undefined),
  };
}

/** A group that the API server does not serve has no objects, whatever it answers. */
async function report(client: Client, store: Store, collection: Collection, error: unknown): Promise<void> {
  if (!(await isAbsent(client, collection, error))) store.know(collection, error);
  else if (store.knowledge(collection).kind !== 'read') store.replace(collection, []);
}

async function isAbsent(client: Client, collection: Collection, error: unknown): Promise<boolean> {
  const group = GROUPS.find((each) => collection === `traefikservices.${each}`);
  if (group === undefined) return false;
  if (hasStatus(error, NOT_FOUND)) return true;
  return hasStatus(error, FORBIDDEN) && !(await isServed(client, group));
}
