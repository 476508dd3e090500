import { setTimeout as sleep } from 'node:timers/promises';

/** How often work is done at most, and the milliseconds between two times. */
export interface Tries {
  readonly tries: number;
  readonly pause?: number;
}

/** Does the work again while its result is one that passes with time; the last result is returned, whatever it is. */
export async function repeatWhile<Result>(
  work: () => Promise<Result>,
  passes: (result: Result) => boolean,
  { tries, pause = 0 }: Tries,
): Promise<Result> {
  for (let left = tries; ; left--) {
    const result = await work();
    if (left === 1 || !passes(result)) return result;
    if (pause > 0) await sleep(pause);
  }
}
