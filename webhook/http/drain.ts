import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../telemetry/log.ts';
import type { WebhookServer } from './server.ts';

/** How long a request may still take after the drain, in milliseconds. */
const LAST_REQUESTS_MS = 4000;

/**
 * Ends the server without losing a review. The API server goes on using a terminating pod until it has heard of it, and
 * does not repeat a POST: so everything is served for `seconds` more, each answer asking its connection to close. Then
 * idle connections are closed, requests under way are finished, and the port is given up. `cutShort` ends the wait at once.
 * The caller has made readiness fail before.
 */
export async function drain(server: WebhookServer, seconds: number, cutShort: AbortSignal, log: Log): Promise<void> {
  log.info({ seconds }, 'terminating: no longer ready, still serving');
  await sleep(seconds * 1000, undefined, { signal: cutShort }).catch(() => {});
  const force = setTimeout(() => server.server.closeAllConnections(), LAST_REQUESTS_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(force);
  }
  log.info({}, 'terminated');
}
