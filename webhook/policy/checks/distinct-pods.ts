import { otherColor } from '../types.ts';
import type { Color, Pair } from '../types.ts';
import { denial } from './check.ts';
import type { Check, CheckResult } from './check.ts';
import { backendsTouched } from '../touched.ts';

/**
 * Two Services with the same pods are one color with two names: its preview is production, its smoke test tests
 * production, and a switch moves nothing. A rollback is held up by nothing of that.
 */
export const distinctPods: Check = {
  id: 'distinct-pods',
  description:
    'No pod is behind both colors, and no selector of one color matches the pods of the other. A rollback is allowed with a warning.',
  cel: 'no',
  needs: 'facts',
  touched: (subject) =>
    subject.switched?.kind !== 'rollback' && (subject.switched !== null || backendsTouched(subject)),
  find: ({ facts, pair, oldState, newState }) => {
    if (!facts.known || facts.samePods === null) return [];
    return [samePods(pair, otherColor(oldState?.active ?? newState.active ?? 'blue'), facts.samePods)];
  },
};

/** That both colors have the same pods. `why` is what the facts say of it. */
export function samePods(pair: Pair, preview: Color, why: string): CheckResult {
  const active = pair[otherColor(preview)];
  return denial(
    'both colors have the same pods',
    `${why}, so ${pair.blue} and ${pair.green} are no pair: a test of the preview tests ${active}, and a switch moves nothing. Give ${pair[preview]} pods and a selector of its own, for example with the label color: ${preview}`,
  );
}
