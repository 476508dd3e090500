import { ANNOTATION } from '../../webhook/policy/index.ts';
import { annotate } from '../traefikservice/annotate.ts';
import type { Call, Command } from '../cli/command.ts';
import { MUTATION_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { checkFormat } from '../printers/object.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';

export const freeze: Command = {
  name: 'freeze',
  usage: '[NAME]',
  summary: 'Deny promotions until unfreeze',
  description: `Deny promotions until 'kubectl bluegreen unfreeze'. Rollbacks stay possible.`,
  examples: [
    {
      comment: 'No releases over the weekend',
      command: "kubectl bluegreen freeze shop --reason 'weekend, call Alice'",
    },
  ],
  flags: [
    { name: 'reason', type: 'text', fallback: 'frozen manually', help: 'The reason; denied promotions show it.' },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    const reason = (call.flags.text('reason') ?? '').trim();
    if (reason === '') throw new UsageError('--reason must not be empty');
    return setFrozen(call, reason, 'frozen');
  },
};

/** Sets or removes the freeze of the TraefikService that the call is about. */
export async function setFrozen(call: Call, value: string | null, verb: string): Promise<number> {
  checkFormat(call.flags.text('output'));
  const session = await call.connect();
  const found = await findTarget(session, firstTarget(call.args));
  await annotate(call, session, found, { key: ANNOTATION.frozen, value, verb });
  return EXIT.ok;
}
