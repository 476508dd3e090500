import { errored } from './responses.ts';
import { UNTOUCHED } from './answers.ts';
import type { Mode } from '../policy/index.ts';
import type { Handler } from './types.ts';

/**
 * Look-ups at a time that an API server answers well within the time-outs of the entries: each reads some ten objects.
 * More at once would make all of them late.
 */
export const MOST_LOOKUPS = 100;

/** Bounds how many requests have their look-ups under way at a time. */
export interface Room {
  /** Takes a place; whoever gets one calls what it returns when done. Null when there is none. */
  enter(): (() => void) | null;
}

/** @param onFull called when a request finds no place, and not again until half of the places were free meanwhile */
export function createRoom(most: number, onFull: () => void = () => {}): Room {
  let taken = 0;
  let full = false;
  const leave = (): void => {
    taken -= 1;
    if (taken <= most / 2) full = false;
  };
  return {
    enter: () => {
      if (taken < most) {
        taken += 1;
        return leave;
      }
      if (!full) onFull();
      full = true;
      return null;
    },
  };
}

/** There was no room to look at a request that cannot be decided without looking. */
export class Busy extends Error {}

const WAIT_SECONDS = 1;
const SAID =
  'bluegreen is looking at too many other changes and has not looked at this one. Nothing was changed: try again in a second';

/**
 * Overload never opens a way around the rules: what could not be looked at is denied at once, with a time after which
 * kubectl and every other client of client-go ask again by themselves. Modes that deny nothing let it pass.
 */
export function unlessBusy(mode: Mode, handler: Handler): Handler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      if (mode === 'enforce') return errored(429, SAID, WAIT_SECONDS);
      return { ...UNTOUCHED, warnings: mode === 'warn' ? [SAID] : [] };
    }
  };
}
