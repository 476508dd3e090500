import { otherColor } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';

/** What a replica's metrics say at a moment, in milliseconds. */
export interface Counted {
  readonly at: number;
  /** Configurations that were loaded since the replica started. */
  readonly reloads: number;
  /** Requests that each color's Service has got. */
  readonly requests: Readonly<Record<Color, number>>;
}

/** What is to be proven of a replica. */
export interface Expected {
  readonly to: Color;
  /** Whether the color that was left is still listed, with nothing: production was moved. Else it was taken out. */
  readonly moved: boolean;
  /** Milliseconds for which the replica may hold a change back. */
  readonly throttle: number;
  /** Configurations that were loaded before the change. */
  readonly reloads: number;
}

/** How counters prove a change: by a configuration that was loaded since, or by requests that only the new color gets. */
export type CountedProof = 'metrics' | 'requests';

/** Milliseconds between a change and the end of the throttle in which it falls, for its way to the replica. */
const SLACK = 500;
/** Milliseconds in which the color that was left must get no request. */
const STILL = 500;

/**
 * The proof that looks at a replica give, of which the first is from after the change; null while there is none.
 *
 * The first load after a change may be that of one before it: only when the throttle is over, everything from before is
 * in. And there may be no load at all: a switch and its rollback within the throttle leave nothing to load.
 */
export function proofOf(looks: readonly Counted[], { to, moved, throttle, reloads }: Expected): CountedProof | null {
  const [first] = looks;
  const last = looks.at(-1);
  if (first === undefined || last === undefined) return null;
  const earlier = looks.findLast(({ at }) => last.at - at >= STILL);
  const left = otherColor(to);
  if (earlier === undefined || earlier.requests[left] !== last.requests[left]) return null;
  const over = throttle + SLACK;
  // A counter that went down belongs to a replica that was started again, and so has loaded.
  const loaded = looks.find((look) => look.reloads !== reloads);
  if (loaded !== undefined) return last.at - loaded.at >= over ? 'metrics' : null;
  const followed = moved && last.at - first.at >= over && earlier.requests[to] < last.requests[to];
  return followed ? 'requests' : null;
}
