import { systemClock } from '../../common/clock.ts';
import type { Clock } from '../../common/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { EventOutcome } from '../telemetry/metrics.ts';
import type { Announce } from '../admission/decision-event.ts';
import { createConfirm } from './confirm.ts';
import type { Occurrence } from './occurrence.ts';
import { createRecorder } from './recorder.ts';
import type { EventStore } from './store.ts';
import { guardOverrides, denials, subjectsOf } from './describe.ts';

export interface AnnouncerParts {
  readonly store: EventStore;
  /** Name of the pod. */
  readonly pod: string;
  readonly log: Log;
  readonly ended: (outcome: EventOutcome) => void;
  readonly clock?: Clock;
}

export interface Announcer {
  readonly announce: Announce;
  /** Tells what was found by other means than a decision. Returns at once and never throws. */
  readonly tell: (occurrence: Occurrence) => void;
  /** Ends after `signal` is aborted and what was known by then is written. Never rejects. */
  readonly done: Promise<void>;
}

/**
 * Tells people of decisions by Events on the TraefikServices. What is known for certain at the admission, a denial, is told
 * at once; what the request only may bring about, a switch or a broken rule, when it is found in the stored record.
 */
export function startAnnouncer(parts: AnnouncerParts, signal: AbortSignal): Announcer {
  const { store, clock = systemClock } = parts;
  const recorder = createRecorder({ ...parts, clock });
  function dropped(): void {
    parts.ended('dropped');
  }
  function tell(occurrence: Occurrence): void {
    recorder.record(occurrence);
  }
  const confirm = createConfirm({ store, clock, found: tell, dropped }, signal);
  const stop = new AbortController();
  signal.addEventListener('abort', () => void confirm.settled().then(() => stop.abort()), { once: true });
  return {
    announce(decided) {
      for (const occurrence of [...denials(decided), ...guardOverrides(decided)]) recorder.record(occurrence);
      const { webhook, answer } = decided;
      if (webhook !== 'mutate' || answer.verdict === 'denied' || answer.recordedAt === null) return;
      for (const subject of subjectsOf(decided)) confirm.expect(subject, answer.recordedAt);
    },
    tell,
    done: recorder.run(stop.signal),
  };
}
