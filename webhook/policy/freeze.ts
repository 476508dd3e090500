import type { JsonObject } from '../../common/json.ts';
import { annotation } from '../../common/json.ts';
import { ANNOTATION } from './annotations.ts';

/** A freeze: why, and when it ends (RFC 3339); null for one that has to be lifted. */
export interface Freeze {
  readonly reason: string;
  readonly until: string | null;
}

/** The value of a freeze with an end. The policy in the API server, which has no clock, knows it by the same beginning. */
const DATED = /^until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?:: ?(.*))?$/s;

/** The freeze of an object that is in force at a time; null where there is none, or it has ended. */
export function freezeOf(object: JsonObject | null, at: string): Freeze | null {
  const value = annotation(object, ANNOTATION.frozen);
  if (!value) return null;
  const [, until = '', reason = ''] = DATED.exec(value) ?? [];
  const end = Date.parse(until);
  // What is no time has no end: a slip of the pen must not lift a freeze.
  if (Number.isNaN(end)) return { reason: value, until: null };
  return Date.parse(at) >= end ? null : { reason, until };
}

/** The value of the annotation for a freeze. `until` is in whole seconds of UTC. */
export function freezeValue({ reason, until }: Freeze): string {
  return until === null ? reason : `until ${until}: ${reason}`;
}

/** A freeze in words, to stand behind "promotions are frozen". */
export function freezeText({ reason, until }: Freeze): string {
  return `${until === null ? '' : ` until ${until}`}${reason === '' ? '' : `: ${reason}`}`;
}
