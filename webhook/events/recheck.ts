import type { Clock } from '../../common/clock.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, text } from '../../common/json.ts';
import { gatherFacts } from '../facts/gather.ts';
import type { Reader } from '../facts/reader.ts';
import { governed, readRecord, unrecordedImages } from '../policy/index.ts';
import type { Log } from '../telemetry/log.ts';
import type { Occurrence, Subject } from './occurrence.ts';
import type { EventStore } from './store.ts';

/**
 * Milliseconds before each look at what runs after a switch: a change of images that was let through in the same instant
 * is in the workload by the first, and in the cache of a slow API server by the second.
 */
const LOOKS = [1000, 9000];

/** For one look, in milliseconds. */
const LOOK_MS = 5000;

export interface RecheckParts {
  readonly reader: Reader;
  readonly store: Pick<EventStore, 'read'>;
  readonly clock: Pick<Clock, 'wait' | 'deadline'>;
  readonly log: Log;
  readonly found: (occurrence: Occurrence) => void;
}

/**
 * Looks at what the active color runs shortly after a switch to it, until it runs what was not promoted. Two requests that
 * are reviewed in the same instant do not see each other: this is how the second one is noticed before the next audit.
 * Never rejects.
 */
export async function recheck(
  subject: Omit<Subject, 'uid'>,
  { reader, store, clock, log, found }: RecheckParts,
  signal: AbortSignal,
): Promise<void> {
  for (const pause of LOOKS) {
    await clock.wait(pause, signal);
    if (signal.aborted) return;
    const deadline = clock.deadline(LOOK_MS);
    const object = await store.read(subject, deadline).catch(() => null);
    const images = object === null ? null : await untested(subject, object, reader, deadline);
    if (object === null || images === null) continue;
    const { group, namespace, name } = subject;
    log.warn({ group, namespace, name, check: 'active-workload', detail: images }, 'untested images are active');
    const since = readRecord(object).active?.since ?? '';
    const uid = text(at(object, 'metadata', 'uid'));
    found({ subject: { ...subject, uid }, reason: 'UntestedImages', note: images, key: since, once: true });
    return;
  }
}

async function untested(
  { group, namespace }: Omit<Subject, 'uid'>,
  object: JsonObject,
  reader: Reader,
  signal: AbortSignal,
): Promise<string | null> {
  const governance = governed({ object, oldObject: object });
  if (governance.kind !== 'pair') return null;
  const { pair } = governance;
  const facts = await gatherFacts(reader, { group, namespace, pair, named: [] }, signal);
  const unrecorded = unrecordedImages({ object, pair, facts });
  if (unrecorded === null) return null;
  return `${pair[unrecorded.color]} is active and runs ${unrecorded.images.join(', ')}, which its promotion did not record: nothing tested it`;
}
