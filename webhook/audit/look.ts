import { messageOf } from '../../common/errors.ts';
import { within } from '../../common/clock.ts';
import type { Clock } from '../../common/clock.ts';
import type { InspectionTools, Listed, Seen, Target } from './inspect.ts';
import { inspectListed } from './inspect.ts';

/** TraefikServices looked at at a time. The same process answers admissions, and those do not wait for an audit. */
const LANES = 2;

/** For all look-ups of one TraefikService, in milliseconds. */
const LOOK_MS = 5000;

export interface LookParts extends InspectionTools {
  readonly clock: Clock;
}

export interface Look {
  /** One that could be looked at; null when it is not governed. */
  readonly onSeen: (listed: Listed, seen: Seen | null) => void;
  /** One of which it could not even be told whether it is governed. */
  readonly onMissed: (target: Target) => void;
}

/** Looks at all of these; resolves with what kept it from seeing everything, empty when nothing did. */
export async function lookAtAll(
  listed: readonly Listed[],
  parts: LookParts,
  { onSeen, onMissed }: Look,
  signal: AbortSignal,
): Promise<string> {
  const { clock } = parts;
  let problem = '';
  const waiting = listed.values();
  async function lane(): Promise<void> {
    for (const each of waiting) {
      if (signal.aborted) return;
      try {
        const seen = await within(LOOK_MS, clock, signal, (bounded) => inspectListed(each, parts, bounded));
        if (signal.aborted) return;
        onSeen(each, seen);
        if (seen !== null && seen.lookupFailed !== null) problem ||= problemOf(each, seen.lookupFailed);
      } catch (error) {
        onMissed(each);
        problem ||= problemOf(each, messageOf(error));
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  return problem;
}

function problemOf({ namespace, name }: Target, why: string): string {
  return `TraefikService ${namespace}/${name}: ${why}`;
}
