import { ANNOTATION } from '../../webhook/policy/index.ts';
import type { Command } from '../cli/command.ts';
import { ALL_NAMESPACES_FLAG, MUTATION_FLAGS, SELECTOR_FLAG } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { checkFormat } from '../printers/object.ts';
import { annotate } from '../traefikservice/annotate.ts';
import { MOST_NAMES } from '../traefikservice/argument.ts';
import { findChosen } from '../traefikservice/chosen.ts';

export const unfreeze: Command = {
  name: 'unfreeze',
  usage: '[NAME...]',
  summary: 'Allow promotions again',
  description: `Allow promotions again after 'kubectl bluegreen freeze'.`,
  examples: [{ comment: 'The weekend is over', command: 'kubectl bluegreen unfreeze shop' }],
  flags: [
    SELECTOR_FLAG,
    { ...ALL_NAMESPACES_FLAG, help: 'Every release of the cluster, also what others froze.' },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: MOST_NAMES },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    for (const found of await findChosen(call, session))
      await annotate(call, session, found, { key: ANNOTATION.frozen, value: null, verb: 'unfrozen' });
    return EXIT.ok;
  },
};
