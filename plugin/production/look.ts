import type { Io } from '../cli/io.ts';
import type { Client } from '../kube/client.ts';
import { describeError } from '../kube/errors.ts';
import { findReplicas } from '../traefik/replicas.ts';
import type { Replica } from '../traefik/replicas.ts';
import { readBrokenRouters } from '../traefik/routers.ts';
import type { BrokenRouter } from '../traefik/routers.ts';

/** A Traefik replica, and the routers that it could not build; null where its API cannot be read. */
export interface SeenReplica {
  readonly replica: Replica;
  readonly broken: readonly BrokenRouter[] | null;
}

/** What a look at Traefik found. */
export interface Seen {
  readonly replicas: readonly SeenReplica[];
  /** Why nothing is known of Traefik, to end a sentence; null where something is. */
  readonly notRead: string | null;
}

/** No look at all. */
export const UNSEEN: Seen = { replicas: [], notRead: 'not asked for' };

/** Milliseconds for all of it: no command waits longer for Traefik. */
const DEADLINE = 1000;
/** Replicas have the same configuration: so many stand for all. */
const MOST = 5;

/** Looks at what Traefik serves now. Never rejects, and is over within a second. `given` is the value of --traefik. */
export async function lookAtTraefik(
  { client }: { readonly client: Pick<Client, 'list' | 'lines'> },
  given: string | undefined,
  io: Pick<Io, 'interrupted'>,
): Promise<Seen> {
  const deadline = AbortSignal.timeout(DEADLINE);
  const signal = AbortSignal.any([deadline, io.interrupted]);
  try {
    const replicas = (await findReplicas(client, given, signal)).slice(0, MOST);
    if (replicas.length === 0) return { replicas: [], notRead: 'no ready Traefik pod was found (--traefik)' };
    const seen = await Promise.all(
      replicas.map(async (replica) => ({ replica, broken: await readBrokenRouters(client, replica, signal) })),
    );
    return { replicas: seen, notRead: null };
  } catch (error) {
    const late = deadline.aborted ? 'the API server did not answer in time' : describeError(error);
    return { replicas: [], notRead: `Traefik's pods could not be listed: ${late}` };
  }
}
