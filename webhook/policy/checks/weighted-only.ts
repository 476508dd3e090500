import { at, sameJson } from '../../../common/json.ts';
import { isWeighted, otherEntriesOf } from '../traefik/entries.ts';
import { denial, warning } from './check.ts';
import type { Check } from './check.ts';

const KINDS = ['mirroring', 'highestRandomWeight', 'failover'] as const;

/** The other kinds of a TraefikService send requests to a color whatever its weight is. */
export const weightedOnly: Check = {
  id: 'weighted-only',
  description:
    'No mirroring, highestRandomWeight or failover reaches a color, unless Traefik ignores it beside weighted.',
  cel: 'yes',
  needs: 'nothing',
  touched: ({ change: { object, oldObject } }) =>
    oldObject === null ||
    isWeighted(object) !== isWeighted(oldObject) ||
    KINDS.some((kind) => !sameJson(at(object, 'spec', kind), at(oldObject, 'spec', kind))),
  find: ({ change, pair }) => {
    if (otherEntriesOf(change.object).length === 0) return [];
    const kinds = KINDS.filter((kind) => at(change.object, 'spec', kind) !== undefined).join(', ');
    if (isWeighted(change.object))
      return [
        warning(
          'another kind beside weighted',
          `${kinds} has no effect: Traefik reads spec.weighted only where both are there. Remove ${kinds}`,
        ),
      ];
    return [
      denial(
        'another kind than weighted',
        `${kinds} reaches ${pair.blue} or ${pair.green} regardless of its weight. Keep spec.weighted only, and move the rest to another TraefikService that names neither color`,
      ),
    ];
  },
};
