import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Asks until the answer is yes; false when the time (in milliseconds) is over. */
export async function soon(condition: () => Promise<boolean>, timeout: number): Promise<boolean> {
  for (const end = performance.now() + timeout; ;) {
    if (await condition()) return true;
    if (performance.now() > end) return false;
    await sleep(POLL_MS);
  }
}
