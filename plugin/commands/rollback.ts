import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { checkFormat } from '../printers/object.ts';
import { rollBack } from '../switch/rollback.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';

export const rollback: Command = {
  name: 'rollback',
  usage: '[NAME]',
  summary: 'Send production back to the previous version',
  description: `Send production back to the version that the last promotion replaced, at once.

It works while the webhook is down. A previous color that was scaled down is scaled up to the active color's replicas first,
and waited for; one that is not listed is listed again.`,
  examples: [
    { comment: 'Undo the last promotion of "shop"', command: 'kubectl bluegreen rollback shop -n demo' },
    { comment: 'The only blue-green TraefikService of the namespace', command: 'kubectl bluegreen rollback' },
  ],
  flags: [
    ...MUTATION_FLAGS,
    ...WAIT_FLAGS,
    {
      ...TIMEOUT_FLAG,
      help: 'How long to wait for the previous color, if it was scaled down, and with --wait for Traefik.',
    },
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    return rollBack(call, session, found);
  },
};
