import { denial, LOOKUP_FAILED } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';
import { isEmptiness, judgeEntries, resultsOf } from '../entry-obstacles.ts';
import type { Judged } from '../entry-obstacles.ts';
import { entriesTouched } from '../touched.ts';
import { closedPort } from '../traefik/endpoints.ts';
import type { Color, ColorFacts } from '../types.ts';

/**
 * Traefik drops a whole TraefikService, and answers 404 to every request, when one child cannot be built: its Service or
 * port is missing, or, with `allowEmptyServices=false`, it has no endpoint. Weight 0 makes no difference. What is wrong
 * with the options of an entry is the matter of `entry-options`.
 */
export const backendsExist: Check = {
  id: 'backends-exist',
  description:
    'Every listed Service and port exists, and Traefik reads Services of its kind; with `allowEmptyServices=false` a color newly listed by an update has a ready endpoint.',
  cel: 'no',
  needs: 'facts',
  // The ratchet is in each entry: see `judgeEntries`.
  touched: () => true,
  find: (subject) => {
    const { facts, switched } = subject;
    if (!facts.known) {
      const detail = `whether the listed Services exist could not be read (${facts.reason}). Try again`;
      return switched?.kind === 'rollback' || !entriesTouched(subject) ? [] : [denial(LOOKUP_FAILED, detail)];
    }
    const judged = judgeEntries(subject, 'backend').filter(
      (each) => !isEmptiness(each.obstacle) || concerns(subject, each),
    );
    return [
      ...judged.flatMap((each) => resultsOf(each, subject)),
      ...(judged.length === 0 ? activePort(subject, facts) : []),
    ];
  },
};

/** A color may be empty at a creation, which takes nothing down; later only where it was listed and empty before. */
function concerns({ oldState }: Subject, { isNew }: Judged): boolean {
  return oldState !== null && oldState.active !== null && isNew;
}

/** Another port for the color that stays active: without endpoints it answers 503, whatever Traefik's settings are. */
function activePort(
  { oldState, newState, pair }: Subject,
  facts: Readonly<Record<Color, ColorFacts>>,
): readonly CheckResult[] {
  const { active } = newState;
  if (active === null || active !== oldState?.active) return [];
  const [now, before] = [newState[active], oldState[active]];
  if (now === null || before === null || closedPort(facts[active], before.entry) !== null) return [];
  const closed = closedPort(facts[active], now.entry);
  if (closed === null) return [];
  const detail = `the pods of ${pair[active]} have no port for its port ${closed}: production would answer 503. Correct the targetPort of Service ${pair[active]} first`;
  return [denial('the active port has no endpoint', detail)];
}
