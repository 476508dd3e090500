import { messageOf } from '../../common/errors.ts';
import { at } from '../../common/json.ts';
import { neighborOf, GROUPS } from '../policy/index.ts';
import type { Group, Neighbors, Pair } from '../policy/index.ts';
import type { UsageReader } from './usage-reader.ts';

export type NeighborReader = Pick<UsageReader, 'listTraefikServices'>;

export interface NeighborsQuery {
  /** The TraefikService whose neighbors are looked for; the name may be empty. */
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
  readonly pair: Pair;
}

/**
 * Reads the TraefikServices of both groups that stand beside one, as far as they reach its colors. Never rejects: only a
 * warning depends on them, so a failed or late look-up denies nothing.
 */
export async function gatherNeighbors(
  reader: NeighborReader,
  { namespace, group, name, pair }: NeighborsQuery,
  signal: AbortSignal,
): Promise<Neighbors> {
  try {
    const found = await Promise.all(
      GROUPS.map(async (each) => {
        const objects = await reader.listTraefikServices(each, namespace, signal);
        return objects
          .filter((object) => each !== group || at(object, 'metadata', 'name') !== name)
          .filter((object) => at(object, 'metadata', 'deletionTimestamp') === undefined)
          .map((object) => neighborOf(object, each, pair));
      }),
    );
    return { known: true, those: found.flat().filter((neighbor) => neighbor !== null) };
  } catch (error) {
    if (signal.aborted) return { known: false, reason: 'the API server did not answer in time' };
    return { known: false, reason: messageOf(error) };
  }
}
