// Whether the cores have room for another group of test files.
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that each core has been idle, and has run in all, since the machine started. */
export interface CoreTimes {
  readonly idle: number;
  readonly all: number;
}

/** How busy the cores are, and how time passes. */
export interface Machine {
  readonly cores: number;
  readTimes(): CoreTimes;
  sleep(ms: number): Promise<unknown>;
}

/**
 * Milliseconds over which the cores are watched before they get more to do: long enough that a boot, or a wait for a pod,
 * does not pass for a machine with time to spare.
 */
const WATCHED_MS = 20_000;
/** What has to be idle of all cores, 0 to 1, before more groups than cores run. */
const IDLE = 0.2;

export const THIS_MACHINE: Machine = {
  cores: availableParallelism(),
  readTimes: () =>
    cpus()
      .map(({ times }) => ({ idle: times.idle, all: Object.values(times).reduce((sum, ms) => sum + ms, 0) }))
      .reduce((sum, { idle, all }) => ({ idle: sum.idle + idle, all: sum.all + all }), { idle: 0, all: 0 }),
  // Nobody waits for a look that is of no use any more.
  sleep: (ms) => sleep(ms, undefined, { ref: false }),
};

/** Admits work in the order in which it comes. */
export interface Room {
  /** Runs the work as soon as there is room for it. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * As much work as there are cores runs at once, and more only where the cores are idle for a part of the time: on a slow
 * machine, files that wait for each other's processes would run into the time limits of what they test.
 */
export function roomOn(machine: Machine): Room {
  let running = 0;
  let left = Promise.withResolvers<void>();
  let last: Promise<unknown> = Promise.resolve();

  async function idle(): Promise<boolean> {
    const before = machine.readTimes();
    await machine.sleep(WATCHED_MS);
    const after = machine.readTimes();
    return (after.idle - before.idle) / (after.all - before.all) >= IDLE;
  }

  async function enter(): Promise<void> {
    let spare = false;
    while (running >= machine.cores && !spare) {
      spare = await Promise.race([idle(), left.promise.then(() => false)]);
    }
    running += 1;
  }

  function leave(): void {
    running -= 1;
    left.resolve();
    left = Promise.withResolvers<void>();
  }

  return {
    run: async (work) => {
      const turn = last.then(enter);
      last = turn;
      await turn;
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
