import type { Child } from './state.ts';
import { NOTHING_NAMED } from './traefik/named.ts';
import { obstaclesOf } from './traefik/buildable.ts';
import type { Backend, Obstacles } from './traefik/buildable.ts';
import type { Obstacle } from './traefik/obstacle.ts';
import { COLORS } from './types.ts';
import type { Color } from './types.ts';
import { denial, warning } from './checks/check.ts';
import type { CheckResult, Subject } from './checks/check.ts';

/** What Traefik cannot build of an entry, and what of it was there before the request. */
export interface Judged {
  readonly obstacle: Obstacle;
  /** Whether the request brings it along; otherwise the entry is no worse than before. */
  readonly isNew: boolean;
}

/**
 * What Traefik cannot build of the first entry of each color. Where the facts are not known, only what an entry says by
 * itself. Further entries, another kind or another namespace are the matter of known-colors.
 */
export function judgeEntries(subject: Subject, kind: keyof Obstacles): readonly Judged[] {
  const { newState, oldState } = subject;
  return COLORS.flatMap((color) => {
    const child = newState[color];
    if (child === null || !isBackend(subject, child)) return [];
    const old = oldState?.[color] ?? null;
    const before = old === null ? null : obstacles(subject, color, old);
    return obstacles(subject, color, child)[kind].map((obstacle) => ({ obstacle, isNew: isWorse(obstacle, before) }));
  });
}

function isBackend({ change }: Subject, { kind, namespace }: Child): boolean {
  return kind === 'Service' && (namespace === null || namespace === '' || namespace === change.namespace);
}

function obstacles({ change, facts, settings }: Subject, color: Color, { entry }: Child): Obstacles {
  const { group, namespace } = change;
  const backend: Backend | null = facts.known ? facts[color] : null;
  return obstaclesOf(entry, {
    group,
    namespace,
    backend,
    named: facts.known ? facts.named : NOTHING_NAMED,
    settings,
  });
}

/** What was broken may be repaired in steps: without endpoints, too, as these come and go. */
function isWorse(found: Obstacle, before: Obstacles | null): boolean {
  if (before === null) return true;
  const all = [...before.options, ...before.backend];
  if (isEmptiness(found)) return !all.some(({ certain }) => certain);
  return !all.some(({ cause }) => cause === found.cause);
}

/** What is said of an obstacle; nothing of one that is uncertain and was there before. */
export function resultsOf(
  { obstacle, isNew }: Judged,
  { unrouted }: Pick<Subject, 'unrouted'>,
): readonly CheckResult[] {
  const { reason, cause, fix, certain, absent } = obstacle;
  if (!certain) return isNew ? [warning(reason, `${cause}. ${fix}`)] : [];
  if (absent && isNew && unrouted)
    return [
      warning(reason, `${cause}; Traefik answers 404 for every color until it does. No IngressRoute leads here yet`),
    ];
  const so = isEmptiness(obstacle) ? "with Traefik's allowEmptyServices=false, listing it" : 'Traefik';
  return [(isNew ? denial : warning)(reason, `${cause}; ${so} would answer 404 for every color. ${fix}`)];
}

/** Whether an obstacle is that there are no endpoints. */
export function isEmptiness({ setting }: Obstacle): boolean {
  return setting === 'allowEmptyServices';
}
