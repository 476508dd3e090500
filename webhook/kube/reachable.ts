import { setTimeout as sleep } from 'node:timers/promises';
import type { Reader } from '../facts/reader.ts';
import { endpointsOf } from '../facts/revisions.ts';

/** How long the list of endpoints may take, in milliseconds. */
const LIST_MS = 10_000;
/** How long every node is given to learn of the first endpoint, in milliseconds. */
const SPREAD_MS = 2000;
/** Between two looks, in milliseconds. */
const LOOK_MS = 500;

export interface ReachOptions {
  readonly namespace: string;
  /** The Service that the API server calls. */
  readonly service: string;
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed: () => number;
  /** Waits between two looks; rejects when the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** Tracks whether the API server has reached the webhook. */
export interface Reach {
  /** True from then on when they did once: an outage has to deny. */
  reached(): boolean;
  /**
   * Resolves when they do, or when `signal` is aborted. Nobody is asked while this replica is not `ready`: before, the
   * Service has no endpoint of it, and another replica looks out for its own.
   */
  lookOut(ready: () => boolean, signal: AbortSignal): Promise<void>;
}

/**
 * Reviews reach the webhook when the Service has had a ready endpoint for a while: a pod is ready before the nodes know of
 * it, and until then a call of the API server is denied by the network.
 */
export function createReach(reader: Pick<Reader, 'listEndpointSlices'>, options: ReachOptions): Reach {
  const { namespace, service, elapsed, wait = pause } = options;
  let since: number | null = null;
  let reached = false;

  async function hasReadyEndpoint(): Promise<boolean> {
    const slices = await reader.listEndpointSlices(namespace, service, AbortSignal.timeout(LIST_MS));
    return endpointsOf(slices).some(({ ready }) => ready);
  }

  async function look(): Promise<void> {
    since = (await hasReadyEndpoint()) ? (since ?? elapsed()) : null;
    reached = since !== null && elapsed() - since >= SPREAD_MS;
  }

  return {
    reached: () => reached,
    async lookOut(ready, signal) {
      while (!reached && !signal.aborted) {
        // A list that failed says nothing: the next one does.
        if (ready()) await look().catch(() => {});
        if (!reached) await wait(LOOK_MS, signal).catch(() => {});
      }
    },
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return sleep(milliseconds, undefined, { signal, ref: false });
}
