import { UNTESTED } from './names.ts';

/** What is tried with each of them: the rows of tables. */
export const TRIALS = {
  deadForward: 'the switch, without its controllers',
  deadBack: 'the way back, without its controllers',
  split: 'weights 50 and 50',
  missing: 'weights left out',
  scaled: 'what serves is scaled to 0',
  image: `untested image ${UNTESTED}`,
} as const;
