import { ANNOTATION } from '../../webhook/policy/index.ts';
import { annotate } from '../traefikservice/annotate.ts';
import type { Call, Command } from '../cli/command.ts';
import { MUTATION_FLAGS, SELECTOR_FLAG } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { checkFormat } from '../printers/object.ts';
import { MOST_NAMES } from '../traefikservice/argument.ts';
import { findChosen } from '../traefikservice/chosen.ts';

export const freeze: Command = {
  name: 'freeze',
  usage: '[NAME...]',
  summary: 'Deny promotions until unfreeze',
  description: `Deny promotions until 'kubectl bluegreen unfreeze'. Rollbacks stay possible.`,
  examples: [
    {
      comment: 'No releases over the weekend',
      command: "kubectl bluegreen freeze shop --reason 'weekend, call Alice'",
    },
    { comment: 'Of every release of a team', command: 'kubectl bluegreen freeze -l team=web --reason "quarter end"' },
  ],
  flags: [
    { name: 'reason', type: 'text', fallback: 'frozen manually', help: 'The reason; denied promotions show it.' },
    SELECTOR_FLAG,
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: MOST_NAMES },
  completes: 'names',
  run: async (call) => {
    const reason = (call.flags.text('reason') ?? '').trim();
    if (reason === '') throw new UsageError('--reason must not be empty');
    return setFrozen(call, reason, 'frozen');
  },
};

/** Sets or removes the freeze of the TraefikServices that the call is about; all of them are found before the first. */
export async function setFrozen(call: Call, value: string | null, verb: string): Promise<number> {
  checkFormat(call.flags.text('output'));
  const session = await call.connect();
  for (const found of await findChosen(call, session)) {
    await annotate(call, session, found, { key: ANNOTATION.frozen, value, verb });
  }
  return EXIT.ok;
}
