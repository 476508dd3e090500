import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS } from '../cli/flags.ts';
import { setFrozen } from './freeze.ts';

export const unfreeze: Command = {
  name: 'unfreeze',
  usage: '[NAME]',
  summary: 'Allow promotions again',
  description: `Allow promotions again after 'kubectl bluegreen freeze'.`,
  examples: [{ comment: 'The weekend is over', command: 'kubectl bluegreen unfreeze shop' }],
  flags: MUTATION_FLAGS,
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: (call) => setFrozen(call, null, 'unfrozen'),
};
