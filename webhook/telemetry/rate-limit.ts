/** So many in one go, and one more every `refill` milliseconds. */
export interface RateLimit {
  /** Whether there was one left. */
  take(): boolean;
}

export function createRateLimit(burst: number, refill: number, now: () => number): RateLimit {
  let left = burst;
  let filled = now();
  return {
    take() {
      const gained = Math.floor((now() - filled) / refill);
      left = Math.min(burst, left + gained);
      filled = left === burst ? now() : filled + gained * refill;
      if (left === 0) return false;
      left--;
      return true;
    },
  };
}
