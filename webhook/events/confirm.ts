import type { Clock } from '../../common/clock.ts';
import { at, text } from '../../common/json.ts';
import { readRecord } from '../policy/index.ts';
import type { Occurrence, Subject } from './occurrence.ts';
import type { EventStore } from './store.ts';
import { ofHistory } from './describe.ts';

/**
 * Milliseconds before each look: an admission may go on for half a minute after the mutating webhook, by webhooks of others
 * that are slow, and only what is stored has happened.
 */
export const LOOKS = [250, 750, 2000, 7000, 20_000, 20_000];

/** Changes waited for at a time: their looks share the connections of the admissions' own. */
const MOST = 32;

/** For one look, in milliseconds. */
const LOOK_MS = 5000;

export interface ConfirmParts {
  readonly store: Pick<EventStore, 'read'>;
  readonly clock: Pick<Clock, 'wait' | 'deadline'>;
  readonly found: (occurrence: Occurrence) => void;
  /** Too many changes are waited for: one will not be told. */
  readonly dropped: () => void;
}

export interface Confirm {
  /**
   * Looks for what a request lets the record say from `recordedAt` on, and tells it when it is stored. A request that is
   * denied after the webhook leaves no trace, and nothing is told. Returns at once and never throws.
   */
  expect(subject: Omit<Subject, 'uid'>, recordedAt: string): void;
  /** Resolves when nothing is waited for any more; each change gets a last look when the signal is aborted. */
  settled(): Promise<void>;
}

export function createConfirm({ store, clock, found, dropped }: ConfirmParts, signal: AbortSignal): Confirm {
  const expected = new Map<string, Promise<void>>();

  async function wait(subject: Omit<Subject, 'uid'>, recordedAt: string): Promise<void> {
    for (const pause of LOOKS) {
      await clock.wait(pause, signal);
      if (await look(subject, recordedAt)) return;
      if (signal.aborted) return;
    }
  }

  async function look(subject: Omit<Subject, 'uid'>, recordedAt: string): Promise<boolean> {
    const object = await store.read(subject, clock.deadline(LOOK_MS)).catch(() => null);
    const entries = readRecord(object).history.filter((entry) => entry.at === recordedAt);
    const uid = text(at(object, 'metadata', 'uid'));
    for (const entry of entries) ofHistory({ ...subject, uid }, entry).forEach(found);
    return entries.length > 0;
  }

  return {
    expect(subject, recordedAt) {
      const key = `${subject.group}/${subject.namespace}/${subject.name} ${recordedAt}`;
      if (expected.has(key)) return;
      if (expected.size >= MOST) return dropped();
      expected.set(
        key,
        wait(subject, recordedAt).finally(() => expected.delete(key)),
      );
    },
    settled: async () => void (await Promise.all(expected.values())),
  };
}
