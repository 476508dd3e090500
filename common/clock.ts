import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance, from outside, so that tests decide them. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** The time of day, which other machines may see differently. */
  date(): Date;
  /** Resolves after so many milliseconds, or when `signal` is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Aborts after so many milliseconds. */
  deadline(milliseconds: number): AbortSignal;
  /** From 0 to 1. */
  random(): number;
}

/** Does not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {}),
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
  random: Math.random,
};

/** A duration up to a tenth longer or shorter, so that replicas and clusters do not fall into step. */
export function jittered(milliseconds: number, clock: Pick<Clock, 'random'>): number {
  return milliseconds * (0.9 + 0.2 * clock.random());
}

/**
 * Gives `work` a signal that is aborted with `signal` or after so many milliseconds. Nothing of it is left when the work is
 * done, as it would be of AbortSignal.timeout: a timer for each of thousands of objects.
 */
export async function within<Result>(
  milliseconds: number,
  clock: Pick<Clock, 'wait'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const bounded = new AbortController();
  const done = new AbortController();
  function abort(): void {
    bounded.abort();
  }
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  void clock.wait(milliseconds, done.signal).then(abort);
  try {
    return await work(bounded.signal);
  } finally {
    done.abort();
    signal.removeEventListener('abort', abort);
  }
}
