import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from './client.ts';

/** As many reads as a look at both colors begins with. */
const CONNECTIONS = 4;
/** Below the 60 s after which the client closes an idle connection. */
const EVERY_MS = 45_000;
const ANSWER_MS = 5000;

export interface WarmOptions {
  /** Waits between two rounds; rejects when the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Keeps connections to the API server open through silence until `signal` is aborted: most promotions come after more
 * than a minute without one, and would wait for a TLS handshake for each of their reads. Never rejects: what fails is
 * tried again in the next round.
 */
export async function keepWarm(
  client: Pick<KubeClient, 'get'>,
  signal: AbortSignal,
  { wait = waitQuietly }: WarmOptions = {},
): Promise<void> {
  async function ask(): Promise<void> {
    const attempt = 'keep a connection open';
    await client.get('/version', { attempt, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
  }
  for (;;) {
    await wait(EVERY_MS, signal).catch(() => {});
    if (signal.aborted) return;
    await Promise.allSettled(Array.from({ length: CONNECTIONS }, ask));
  }
}

/** No reason for the process to stay. */
function waitQuietly(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return sleep(milliseconds, undefined, { signal, ref: false });
}
