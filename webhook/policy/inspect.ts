import { CHECKS } from './checks/index.ts';
import type { Subject } from './checks/check.ts';
import { NO_NEIGHBORS } from './neighbors.ts';
import { NO_PERMISSION_ASKED } from './permissions.ts';
import { EMPTY_RECORD } from './record.ts';
import { stateOf } from './state.ts';
import { otherColor, type Change, type Facts, type Pair, type Settings, type Finding } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

export interface InspectInput extends Pick<Change, 'group' | 'namespace' | 'name'> {
  /** As it is stored. */
  readonly object: JsonObject;
  readonly pair: Pair;
  /** Where they are not known, only what the object says by itself is found. */
  readonly facts: Facts;
  readonly settings: Settings;
}

/**
 * What is wrong with an object as it stands, whoever made it and when. `decide` cannot tell: it judges a change, and by
 * its ratchet an update that touches nothing violates nothing, while a creation would have its missing weights filled in
 * and the color that is live taken for a promotion, which asks for a smoke test that nobody has to repeat.
 *
 * So every check looks at one change that is about all of the object and that none of them holds up for its own sake: an
 * empty list gets the present children, and production, which was on the other color, comes back to the active one.
 * - Whatever the list says counts as new, as Traefik reads it: nothing is filled in.
 * - Coming back needs no smoke test, no verb and no end of a freeze, which are about the way and not about the place;
 *   but it needs a ready endpoint, for without one production answers nobody.
 * - An incomplete rollout does not hold up a way back, and capacity is no matter of what is live already.
 * What is a warning there is none here: a warning is for the person who writes.
 */
export function inspect({ object, pair, facts, settings, ...target }: InspectInput): readonly Finding[] {
  const now = stateOf(object, pair);
  const subject: Subject = {
    change: { ...target, operation: 'UPDATE', object, oldObject: object, user: '', serverSideApply: false },
    pair,
    facts,
    neighbors: NO_NEIGHBORS,
    settings: { ...settings, requireFullCapacity: false },
    permissions: NO_PERMISSION_ASKED,
    object,
    was: { children: [], blue: null, green: null, active: now.active },
    now,
    switched: now.active === null ? null : { kind: 'rollback', from: otherColor(now.active), to: now.active },
    filled: [],
    smokeTest: null,
    unread: null,
    oldRecord: EMPTY_RECORD,
    warnings: [],
  };
  return CHECKS.flatMap((check) =>
    check
      .find(subject)
      .filter(({ severity }) => severity === 'denied')
      .map(({ reason, detail }) => ({ check: check.id, reason, detail })),
  );
}

/** Whether a check can only speak where the facts are known. */
export function restsOnFacts(id: Finding['check']): boolean {
  return CHECKS.find((check) => check.id === id)?.cel === 'no';
}
