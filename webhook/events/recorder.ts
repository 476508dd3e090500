import { createHash } from 'node:crypto';
import { messageOf } from '../../common/errors.ts';
import type { Clock } from '../../common/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { EventOutcome } from '../telemetry/metrics.ts';
import { at, text } from '../../common/json.ts';
import type { Occurrence, Subject } from './occurrence.ts';
import { createRateLimit } from '../telemetry/rate-limit.ts';
import type { EventStore, EventToWrite } from './store.ts';

/** Milliseconds and numbers that keep a loop of denied writes from filling etcd. */
export const LIMITS = {
  /** Different Events that are known at a time, of what happens once and of what repeats. */
  series: 500,
  /** Of these, of one TraefikService and reason; a thing that happens once does not count here. */
  ofSubject: 10,
  /** New Events in one go, and one more every so often after that. */
  burst: 50,
  refill: 1000,
  /** An Event that repeats is written again after this, then after twice as long and so on. */
  repeatLeast: 1000,
  repeatMost: 300_000,
  /** What did not happen for so long is another Event when it happens again. */
  quiet: 600_000,
  /** Tries to write, the pause before the next one, and the time for one call. */
  tries: 3,
  retry: 2000,
  call: 5000,
};
export type Limits = typeof LIMITS;

export interface RecorderParts {
  readonly store: EventStore;
  /** Name of the pod: every replica counts for itself. */
  readonly pod: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly ended: (outcome: EventOutcome) => void;
  readonly limits?: Limits;
}

export interface Recorder {
  /** Returns at once and never throws. */
  record(occurrence: Occurrence): void;
  /** Writes until `signal` is aborted, then once more what is left. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** An Event, and what of it is in the cluster. Times on the clock that never goes back. */
interface Series {
  event: EventToWrite;
  seen: number;
  /** As in the cluster; 0 before it is there. */
  written: number;
  /** When it is to be written; Infinity when there is nothing to write. */
  due: number;
  pause: number;
  failures: number;
}

/**
 * Writes Events one at a time, beside the admissions. What repeats becomes one Event with a count, written ever less often;
 * what is too much is dropped and counted, as Events are a help for people and not a record: that is on the object itself.
 */
export function createRecorder(parts: RecorderParts): Recorder {
  const { store, clock, log, ended, limits = LIMITS } = parts;
  const known = new Map<string, Series>();
  // A flood of denials must not keep a switch from being told.
  const rateLimits = {
    once: createRateLimit(limits.burst, limits.refill, () => clock.now()),
    repeated: createRateLimit(limits.burst, limits.refill, () => clock.now()),
  };
  let wake = new AbortController();
  let said = '';

  function record(occurrence: Occurrence): void {
    const now = clock.now();
    const key = keyOf(occurrence);
    const series = known.get(key);
    if (series !== undefined && now - series.seen < limits.quiet) {
      if (occurrence.once) return;
      series.event = { ...series.event, count: series.event.count + 1, last: clock.date() };
      series.seen = now;
      ended('repeated');
      // A flood finds its Event due already, and wakes no timer.
      if (series.due < Infinity) return;
      series.due = now + series.pause;
    } else if (!start(key, occurrence, now)) {
      ended('dropped');
      return;
    }
    wake.abort();
  }

  function start(key: string, occurrence: Occurrence, now: number): boolean {
    sweep(now);
    if (alike(occurrence) >= limits.series && !(occurrence.once && forgetOldest())) return false;
    if (!occurrence.once && sameSubject(occurrence) >= limits.ofSubject) return false;
    if (!rateLimits[occurrence.once ? 'once' : 'repeated'].take()) return false;
    const first = clock.date();
    const event = { ...occurrence, name: nameOf(occurrence, parts.pod, first), first, count: 1, last: first };
    known.set(key, { event, seen: now, written: 0, due: now, pause: limits.repeatLeast, failures: 0 });
    return true;
  }

  /** Forgets what is in the cluster and did not happen for long. */
  function sweep(now: number): void {
    for (const [key, { due, seen }] of known) if (due === Infinity && now - seen >= limits.quiet) known.delete(key);
  }

  /** Makes room by the oldest switch that is written: it only kept its replica from writing the same one again. */
  function forgetOldest(): boolean {
    const oldest = [...known].find(([, { event, due }]) => event.once && due === Infinity);
    return oldest !== undefined && known.delete(oldest[0]);
  }

  /** A flood of denials must not take the places of switches, either. */
  function alike({ once }: Occurrence): number {
    return [...known.values()].filter(({ event }) => event.once === once).length;
  }

  function sameSubject({ subject, reason }: Occurrence): number {
    function same({ event }: Series) {
      return event.reason === reason && subjectKey(event.subject) === subjectKey(subject);
    }
    return [...known.values()].filter(same).length;
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = earliest();
      const pause = (next?.due ?? Infinity) - clock.now();
      if (next !== null && pause <= 0) {
        await write(next, clock.deadline(limits.call));
        continue;
      }
      wake = new AbortController();
      await clock.wait(Math.min(pause, limits.repeatMost), AbortSignal.any([signal, wake.signal]));
    }
    const last = clock.deadline(limits.call);
    for (const series of known.values()) if (series.due < Infinity && !last.aborted) await write(series, last);
  }

  function earliest(): Series | null {
    return [...known.values()].reduce<Series | null>((a, b) => (a === null || b.due < a.due ? b : a), null);
  }

  async function write(series: Series, signal: AbortSignal): Promise<void> {
    const event = await withUid(series, signal);
    try {
      if (series.written === 0) await store.create(event, signal);
      else await store.repeat(event, signal);
      if (series.written === 0) ended('written');
      settle(series, event.count);
      said = '';
    } catch (error) {
      fail(series, error);
    }
  }

  /** A guard knows only the names of what it protects. */
  async function withUid(series: Series, signal: AbortSignal): Promise<EventToWrite> {
    const { subject } = series.event;
    if (subject.uid !== null || series.written > 0) return series.event;
    const stored = await store.read(subject, signal).catch(() => null);
    const uid = text(at(stored, 'metadata', 'uid'));
    series.event = { ...series.event, subject: { ...subject, uid } };
    return series.event;
  }

  /** It may have happened again during the write. */
  function settle(series: Series, count: number): void {
    if (series.written > 0) series.pause = Math.min(series.pause * 2, limits.repeatMost);
    series.written = count;
    series.failures = 0;
    series.due = series.event.count > count ? clock.now() + series.pause : Infinity;
  }

  function fail(series: Series, error: unknown): void {
    series.failures++;
    series.due = clock.now() + limits.retry * series.failures;
    if (series.failures < limits.tries) return;
    known.delete(keyOf(series.event));
    ended('failed');
    const reason = messageOf(error);
    if (reason !== said) log.warn({ reason }, 'an Event could not be written');
    said = reason;
  }

  return { record, run };
}

function subjectKey({ group, namespace, name }: Subject): string {
  return `${group}/${namespace}/${name}`;
}

function keyOf({ subject, reason, key }: Occurrence): string {
  return `${subjectKey(subject)} ${reason} ${key}`;
}

/** What happens once has the same name in every replica. */
function nameOf(occurrence: Occurrence, pod: string, first: Date): string {
  const which = occurrence.once ? (occurrence.subject.uid ?? '') : `${pod} ${first.toISOString()}`;
  const hash = createHash('sha256')
    .update(`${keyOf(occurrence)} ${which}`)
    .digest('hex')
    .slice(0, 16);
  return `${occurrence.subject.name.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${hash}`;
}
