import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

const QUIET_MS = 5_000;

/** What the bed itself loses. */
export const none: Fault = {
  name: 'none',
  what: 'nothing at all',
  answered: true,
  happen: () => sleep(QUIET_MS),
};
