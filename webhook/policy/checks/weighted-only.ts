import { at, sameJson } from '../../../common/json.ts';
import { otherEntriesOf } from '../traefik/entries.ts';
import type { JsonObject } from '../../../common/json.ts';
import { denial } from './check.ts';
import type { Check } from './check.ts';

const KINDS = ['mirroring', 'highestRandomWeight', 'failover'] as const;

/** The other kinds of a TraefikService send requests to a color whatever its weight is. */
export const weightedOnly: Check = {
  id: 'weighted-only',
  description: 'No mirroring, highestRandomWeight or failover reaches a color.',
  cel: 'yes',
  needs: 'nothing',
  touched: ({ change: { object, oldObject } }) =>
    oldObject === null ||
    hasWeights(object) !== hasWeights(oldObject) ||
    KINDS.some((kind) => !sameJson(at(object, 'spec', kind), at(oldObject, 'spec', kind))),
  find: ({ change, pair }) => {
    if (otherEntriesOf(change.object).length === 0) return [];
    const kinds = KINDS.filter((kind) => at(change.object, 'spec', kind) !== undefined).join(', ');
    return [
      denial(
        'another kind than weighted',
        `${kinds} reaches ${pair.blue} or ${pair.green} regardless of its weight. Keep spec.weighted only, and move the rest to another TraefikService that names neither color`,
      ),
    ];
  },
};

function hasWeights(object: JsonObject | null): boolean {
  return at(object, 'spec', 'weighted') !== undefined;
}
