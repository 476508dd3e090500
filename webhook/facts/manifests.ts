import { at, text } from '../../common/json.ts';
import { governed, GROUPS, manifestWeights, storedStateOf } from '../policy/index.ts';
import type { Color } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { UsageReader } from './usage-reader.ts';

/** A governed TraefikService without any weight: Traefik splits production evenly. */
export interface Weightless {
  readonly name: string;
  /** The color that was active by the record, blue where there is none. */
  readonly active: Color;
}

/** What the governed TraefikServices of a namespace, of both groups, say about missing weights. */
export interface MissingWeights {
  /** Names of those whose manifests leave weights out. */
  readonly manifests: readonly string[];
  /** Those that have lost their weights. */
  readonly lost: readonly Weightless[];
}

/** Reads them from the objects themselves. */
export async function missingWeights(
  reader: Pick<UsageReader, 'listTraefikServices'>,
  namespace: string,
  signal: AbortSignal,
): Promise<MissingWeights> {
  const listed = await Promise.all(GROUPS.map((group) => reader.listTraefikServices(group, namespace, signal)));
  const pairs = listed.flat().flatMap((object) => {
    const governance = governed({ object, oldObject: object });
    return governance.kind === 'pair' ? [{ object, pair: governance.pair }] : [];
  });
  const leftOut = pairs.filter(({ object, pair }) => manifestWeights(object, pair) === 'left out');
  return {
    manifests: [...new Set(leftOut.map(({ object }) => nameOf(object)))].toSorted(),
    lost: pairs.flatMap(({ object, pair }) => {
      const { lost, active } = storedStateOf(object, pair);
      return lost && active !== null ? [{ name: nameOf(object), active }] : [];
    }),
  };
}

function nameOf(object: JsonObject): string {
  return text(at(object, 'metadata', 'name')) ?? '';
}
