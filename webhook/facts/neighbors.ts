import { messageOf } from '../../common/errors.ts';
import { at } from '../../common/json.ts';
import { keysOf, neighborOf, GROUPS } from '../policy/index.ts';
import type { Group, Neighbors, Pair } from '../policy/index.ts';
import type { UsageReader } from './usage-reader.ts';

export type NeighborReader = Pick<UsageReader, 'peekTraefikServices'>;

export interface NeighborsQuery {
  /** The TraefikService whose neighbors are looked for; the name may be empty. */
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
  readonly pair: Pair;
}

/**
 * Reads the TraefikServices of both groups that stand beside one, as far as they reach its colors. Never rejects: only a
 * warning depends on them, so a failed or late look-up denies nothing, and the API server's cache is recent enough. What one group answers counts although the other
 * one cannot be read; without a neighbor, nothing is known then.
 */
export async function gatherNeighbors(
  reader: NeighborReader,
  { namespace, group, name, pair }: NeighborsQuery,
  signal: AbortSignal,
): Promise<Neighbors> {
  const answers = await Promise.allSettled(
    GROUPS.map(async (each) => {
      const objects = await reader.peekTraefikServices(each, namespace, signal);
      const keys = keysOf(objects);
      return objects
        .filter((object) => each !== group || at(object, 'metadata', 'name') !== name)
        .filter((object) => at(object, 'metadata', 'deletionTimestamp') === undefined)
        .map((object) => neighborOf(object, each, pair, keys));
    }),
  );
  const those = answers
    .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    .filter((neighbor) => neighbor !== null);
  const failure = answers.find((answer) => answer.status === 'rejected');
  if (failure === undefined || those.length > 0) return { known: true, those };
  return { known: false, reason: signal.aborted ? 'the API server did not answer in time' : messageOf(failure.reason) };
}
