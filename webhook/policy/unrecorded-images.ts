import { readRecord } from './record.ts';
import { stateOf } from './state.ts';
import type { Color, Facts, Finding, Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

export interface ImagesQuery {
  readonly object: JsonObject;
  readonly pair: Pair;
  readonly facts: Facts;
}

/** An active color that runs what was not promoted. */
export interface UnrecordedImages {
  readonly color: Color;
  /** Images of its workload that the record does not have. */
  readonly images: readonly string[];
}

/**
 * Images that the active color runs and the record does not have: a change in the instant of the promotion passes the
 * guard and the promotion, and so does every change while no webhook answers. Null where there are none, and where
 * cluster or record does not tell. Sidecars that another webhook adds to the pods do not count, as long as a workload
 * says what its template has.
 */
export function unrecordedImages({ object, pair, facts }: ImagesQuery): UnrecordedImages | null {
  const { active: color } = stateOf(object, pair);
  const { active: recorded } = readRecord(object);
  if (color === null || !facts.known || recorded?.color !== color || recorded.images.length === 0) return null;
  const { workload, revisions } = facts[color];
  const running = workload?.images ?? revisions.flatMap(({ images }) => images);
  const images = running.filter((image) => !recorded.images.includes(image));
  return images.length === 0 ? null : { color, images };
}

/** The same as a finding, in the words of the guard that would have denied it. */
export function imagesFinding(query: ImagesQuery): readonly Finding[] {
  const found = unrecordedImages(query);
  if (found === null) return [];
  return [
    {
      check: 'active-workload',
      severity: 'denied',
      reason: 'the active color runs images that were not promoted',
      detail: `${query.pair[found.color]} is active and runs ${found.images.join(', ')}, which its promotion did not record: nothing tested it`,
      needs: 'facts',
    },
  ];
}
