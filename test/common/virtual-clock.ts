import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../common/clock.ts';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Time that passes only when a test says so. Chance is always in the middle. */
export class VirtualClock {
  #now = 0;
  #timers: Timer[] = [];

  /** The clock of one machine, whose time of day is wrong by so much, in milliseconds. */
  machine(skew = 0): Clock {
    return {
      now: () => this.#now + skew,
      date: () => new Date(Date.UTC(2026, 0, 1) + this.#now + skew),
      wait: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          function ring(): void {
            signal.removeEventListener('abort', ring);
            resolve();
          }
          signal.addEventListener('abort', ring);
          return void this.#timers.push({ at: this.#now + milliseconds, ring });
        }),
      deadline: (milliseconds) => {
        const controller = new AbortController();
        this.#timers.push({ at: this.#now + milliseconds, ring: () => controller.abort() });
        return controller.signal;
      },
      random: () => 0.5,
    };
  }

  /** Lets time pass, and all that becomes due in it happen in order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = due.at;
      due.ring();
      await settle();
    }
    this.#now = end;
  }
}

/** Until nothing that was started has anything left to do but wait. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}
