// Replicas that run, and what the webhooks trust.
import { webcrypto } from 'node:crypto';
import { splitBundle } from '../../certs/bundle.ts';
import { createAuthority } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';
import { FakeStore } from './fake-store.ts';
import { distrusted, HOUR, Place } from './replicas.ts';
import type { Clock, Replica } from './replicas.ts';

/** Every ready replica is trusted by every webhook. */
export function allTrusted({ store, replicas, clock }: Place): boolean {
  return replicas.filter((each) => each.ready()).every((each) => distrusted(store, each, clock.now()).length === 0);
}

export function authority(clock: Clock, lifetimeMs = 1000 * HOUR): Promise<Authority> {
  return createAuthority({ now: clock.now, crypto: webcrypto }, lifetimeMs);
}

export async function running(count: number, store = new FakeStore()): Promise<Place & { readonly first: Replica }> {
  const place = new Place(store);
  const [first, ...rest] = Array.from({ length: count }, () => place.start());
  if (first === undefined) throw new Error('a place needs a replica');
  await place.look();
  if (![first, ...rest].every((replica) => replica.ready())) throw new Error('the replicas did not get ready');
  return Object.assign(place, { first });
}

export function bundles({ store }: Place): readonly number[] {
  return [...new Set(store.webhooks().map(({ caBundle }) => splitBundle(caBundle).length))];
}
