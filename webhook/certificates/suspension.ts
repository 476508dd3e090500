/** How often the process notes that it runs, in milliseconds. */
const BEAT_MS = 1000;

export interface FrozenOptions {
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed: () => number;
  /** For how long the process may stand still without missing anything. */
  readonly limitMs: number;
  /** Called when it stood still for longer. */
  readonly onThaw: () => void;
}

/**
 * Whether the process stood still (stopped, or its machine suspended) and has not looked around since. What it knew before
 * may no longer hold: the CA that it serves by may have left the caBundles.
 */
export interface Frozen {
  /** True until `looked` is called. */
  missedSomething(): boolean;
  /** The process knows again what is the case. */
  looked(): void;
}

export function watchFrozen({ elapsed, limitMs, onThaw }: FrozenOptions, signal: AbortSignal): Frozen {
  let last = elapsed();
  let missed = false;
  function beat(): void {
    const still = elapsed() - last > limitMs;
    last = elapsed();
    if (!still) return;
    missed = true;
    onThaw();
  }
  const timer = setInterval(beat, BEAT_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return {
    missedSomething: () => {
      // Whoever asks may come before the timer that is long due.
      beat();
      return missed;
    },
    looked: () => void (missed = false),
  };
}
