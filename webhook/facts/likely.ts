import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { ownerOf } from './owners.ts';
import type { Reader } from './reader.ts';
import type { WorkloadReader } from './workload.ts';

/** Other objects with the same hash are not ours; of more than this many nothing is read ahead. */
const MOST = 4;

export interface LikelyQuery {
  readonly namespace: string;
  /** Revisions that the colors probably run. */
  readonly revisions: readonly string[];
}

/**
 * Reads the Deployments of likely revisions while the Services and their endpoints are read, instead of after them. The
 * reader that comes back answers from these reads, and asks the API server for everything else: a wrong guess costs
 * reads and changes nothing. The ReplicaSets between, whose owner never changes, come from the cache; Deployments are
 * read as they are stored. Never rejects.
 */
export async function readLikely(
  reader: WorkloadReader & Pick<Reader, 'peekReplicaSets'>,
  { namespace, revisions }: LikelyQuery,
  signal: AbortSignal,
): Promise<WorkloadReader> {
  const hashes = [...new Set(revisions.filter(isHash))];
  if (hashes.length === 0) return reader;
  const seen = await reader.peekReplicaSets(namespace, hashes, signal).catch(() => []);
  const sets = new Map(seen.flatMap((set) => (deploymentOf(set) === null ? [] : [[nameOf(set), set] as const])));
  if (sets.size > MOST) return reader;
  const names = new Set([...sets.values()].map(deploymentOf).filter((name) => name !== null));
  const read = [...names].map(async (name) => [name, await reader.getDeployment(namespace, name, signal)] as const);
  const settled = await Promise.allSettled(read);
  const deployments = new Map(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
  return {
    getReplicaSet: (space, name, until) => known(sets.get(name)) ?? reader.getReplicaSet(space, name, until),
    getDeployment: (space, name, until) => known(deployments.get(name)) ?? reader.getDeployment(space, name, until),
    getStatefulSet: (...asked) => reader.getStatefulSet(...asked),
    getDaemonSet: (...asked) => reader.getDaemonSet(...asked),
    listReplicaSets: (...asked) => reader.listReplicaSets(...asked),
  };
}

/** A ReplicaSet without a Deployment is the workload itself: it is read as it is stored. */
function deploymentOf(set: JsonObject): string | null {
  const owner = ownerOf(set);
  return owner?.kind === 'Deployment' ? owner.name : null;
}

/** A pod-template-hash; revisions of other kinds have the name of their workload before it. */
function isHash(revision: string): boolean {
  return /^[a-z0-9]{1,20}$/.test(revision);
}

function known(object: JsonObject | null | undefined): Promise<JsonObject> | null {
  return object === undefined || object === null ? null : Promise.resolve(object);
}
