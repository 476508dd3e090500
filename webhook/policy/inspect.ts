import { CHECKS } from './checks/index.ts';
import { findingOf } from './checks/check.ts';
import type { Subject } from './checks/check.ts';
import { NO_NEIGHBORS } from './neighbors.ts';
import { NO_PERMISSION_ASKED } from './permissions.ts';
import { EMPTY_RECORD } from './record.ts';
import { stateOf } from './state.ts';
import { otherColor } from './types.ts';
import { imagesFinding } from './unrecorded-images.ts';
import type { Change, Facts, Pair, Settings, Finding } from './types.ts';
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
 * and the color that is active taken for a promotion, which needs a smoke test that does not have to be repeated.
 *
 * So every check looks at one change that is about all of the object and that none of them holds up for its own sake: an
 * empty list gets the present children, and production, which was on the other color, comes back to the active one.
 * - Whatever the list says counts as new, as Traefik reads it: nothing is filled in.
 * - Coming back needs no smoke test, no verb and no end of a freeze, which are about the way and not about the place;
 *   but it needs a ready endpoint, for without one production is not served.
 * - An incomplete rollout does not hold up a way back, and capacity is no matter of what is active already.
 * What is a warning there is none here: a warning is for the person who writes.
 */
export function inspect({ object, pair, facts, settings, ...target }: InspectInput): readonly Finding[] {
  const newState = stateOf(object, pair);
  const subject: Subject = {
    change: { ...target, operation: 'UPDATE', object, oldObject: object, user: '', serverSideApply: false },
    pair,
    facts,
    neighbors: NO_NEIGHBORS,
    settings: { ...settings, requireFullCapacity: false },
    permissions: NO_PERMISSION_ASKED,
    unrouted: false,
    at: '',
    object,
    oldState: { children: [], blue: null, green: null, active: newState.active },
    newState,
    switched:
      newState.active === null ? null : { kind: 'rollback', from: otherColor(newState.active), to: newState.active },
    filled: [],
    smokeTest: null,
    lookupFailed: null,
    oldRecord: EMPTY_RECORD,
    warnings: [],
  };
  const found = CHECKS.flatMap((check) =>
    check
      .find(subject)
      .filter(({ severity }) => severity === 'denied')
      .map((result) => findingOf(check, result)),
  );
  return [...found, ...imagesFinding({ object, pair, facts })];
}
