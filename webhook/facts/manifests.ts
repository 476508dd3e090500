import { at, text } from '../../common/json.ts';
import { governed, GROUPS, manifestWeights } from '../policy/index.ts';
import type { NeighborReader } from './neighbors.ts';

/** Names of the governed TraefikServices of a namespace whose manifests leave weights out, of both groups. */
export async function weightlessIn(
  reader: NeighborReader,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const listed = await Promise.all(GROUPS.map((group) => reader.listTraefikServices(group, namespace, signal)));
  const names = listed.flat().flatMap((object) => {
    const governance = governed({ object, oldObject: object });
    const weightless = governance.kind === 'pair' && manifestWeights(object, governance.pair) === 'left out';
    return weightless ? [text(at(object, 'metadata', 'name')) ?? ''] : [];
  });
  return [...new Set(names)].toSorted();
}
