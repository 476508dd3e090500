import { errored } from './responses.ts';
import { UNTOUCHED } from './answers.ts';
import type { Mode } from '../policy/index.ts';
import type { Handler } from './types.ts';

/**
 * Look-ups at a time that an API server answers well within the time-outs of the entries: each reads some ten objects.
 * More at once would make all of them late.
 */
export const MAX_LOOKUPS = 100;

/** Bounds how many requests have their look-ups under way at a time. */
export interface ConcurrencyLimit {
  /** Takes a place; whoever gets one calls what it returns when done. Null when there is none. */
  acquire(): (() => void) | null;
}

/** @param onFull called when a request finds no place, and not again until half of the places were free meanwhile */
export function createConcurrencyLimit(most: number, onFull: () => void = () => {}): ConcurrencyLimit {
  let taken = 0;
  let full = false;
  function release(): void {
    taken -= 1;
    if (taken <= most / 2) full = false;
  }
  return {
    acquire: () => {
      if (taken < most) {
        taken += 1;
        return release;
      }
      if (!full) onFull();
      full = true;
      return null;
    },
  };
}

/** There was no room to look at a request that cannot be decided without looking. */
export class Overloaded extends Error {}

const WAIT_SECONDS = 1;
const MESSAGE =
  'too many concurrent look-ups: this request was not checked. Nothing was changed; try again in a second';

/**
 * Overload never opens a way around the rules: what could not be looked at is denied at once, with a time after which
 * kubectl and every other client of client-go ask again by themselves. Modes that deny nothing let it pass.
 */
export function denyWhenOverloaded(mode: Mode, handler: Handler): Handler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof Overloaded)) throw error;
      if (mode === 'enforce') return errored(429, MESSAGE, WAIT_SECONDS);
      return { ...UNTOUCHED, warnings: mode === 'warn' ? [MESSAGE] : [] };
    }
  };
}
