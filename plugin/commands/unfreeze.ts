import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, SELECTOR_FLAG } from '../cli/flags.ts';
import { MOST_NAMES } from '../traefikservice/argument.ts';
import { setFrozen } from './freeze.ts';

export const unfreeze: Command = {
  name: 'unfreeze',
  usage: '[NAME...]',
  summary: 'Allow promotions again',
  description: `Allow promotions again after 'kubectl bluegreen freeze'.`,
  examples: [{ comment: 'The weekend is over', command: 'kubectl bluegreen unfreeze shop' }],
  flags: [SELECTOR_FLAG, ...MUTATION_FLAGS],
  arguments: { min: 0, max: MOST_NAMES },
  completes: 'names',
  run: (call) => setFrozen(call, null, 'unfrozen'),
};
