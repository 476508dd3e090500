import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../../common/back-off.ts';
import type { KubeClient } from './client.ts';

/** The API server ends a watch after this many seconds: a connection that died unnoticed is not waited for any longer. */
export const WATCH_SECONDS = 300;
const PAUSE = { first: 500, longest: 30_000 } as const;

export interface WatchedObject {
  /** The collection, and the name of the one object in it. */
  readonly collection: string;
  readonly name: string;
}

/**
 * Calls `onChange` whenever the object may have changed, until `signal` is aborted. A watch that breaks is opened again,
 * later each time; what changed meanwhile counts as a change. What is seen here is a hint: whoever relies on it looks by
 * itself, too, from time to time.
 */
export async function watchObject(
  client: KubeClient,
  { collection, name }: WatchedObject,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const query = { watch: 'true', fieldSelector: `metadata.name=${name}`, timeoutSeconds: String(WATCH_SECONDS) };
    try {
      await client.follow(collection, { query, attempt: `watch ${collection}/${name}`, signal }, () => {
        failures = 0;
        onChange();
      });
    } catch {
      // The looks that do not depend on a watch say what is wrong.
    }
    await pauseAfter(failures++, signal);
  }
}

/** Waits before a watch is opened again, longer after each failure in a row, or until `signal` is aborted. */
export async function pauseAfter(failures: number, signal: AbortSignal): Promise<void> {
  await sleep(backOff(failures, PAUSE), undefined, { signal, ref: false }).catch(() => {});
}
