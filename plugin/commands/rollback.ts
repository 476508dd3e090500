import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS, SELECTOR_FLAG, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { checkFormat } from '../printers/object.ts';
import { lookAhead } from '../switch/ahead.ts';
import { rollBack } from '../switch/rollback.ts';
import { UsageError } from '../kube/errors.ts';
import { MOST_NAMES } from '../traefikservice/argument.ts';
import { findChosen } from '../traefikservice/chosen.ts';

export const rollback: Command = {
  name: 'rollback',
  usage: '[NAME...]',
  summary: 'Send production back to the previous version',
  description: `Send production back to the version that the last promotion replaced, at once.

It works while the webhook is down. A previous color that was scaled down is scaled up to the active color's replicas first,
and waited for; one that is not listed is listed again.

Several names go back at the same time; one that cannot keeps the others from nothing.`,
  examples: [
    { comment: 'Undo the last promotion of "shop"', command: 'kubectl bluegreen rollback shop -n demo' },
    { comment: 'The only blue-green TraefikService of the namespace', command: 'kubectl bluegreen rollback' },
    { comment: 'Several at once, by label', command: 'kubectl bluegreen rollback -l team=web' },
  ],
  flags: [
    SELECTOR_FLAG,
    {
      name: 'all',
      type: 'boolean',
      help: 'Every release of the namespace that has a version to go back to. Asks first.',
    },
    { name: 'yes', short: 'y', type: 'boolean', help: 'Do not ask.' },
    ...MUTATION_FLAGS,
    ...WAIT_FLAGS,
    {
      ...TIMEOUT_FLAG,
      help: 'How long to wait for the previous color, if it was scaled down, and with --wait for Traefik.',
    },
  ],
  arguments: { min: 0, max: MOST_NAMES },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    const { rollBackAll, chooseAll, withWayBack } = await import('../switch/rollback-all.ts');
    const ahead = lookAhead(call, session);
    if (call.flags.boolean('all')) {
      if (call.args.length > 0 || call.flags.isSet('selector'))
        throw new UsageError('--all takes no NAME and no label');
      return rollBackAll(call, session, await chooseAll(call, session), ahead);
    }
    const found = await findChosen(call, session);
    if (call.flags.isSet('selector')) return rollBackAll(call, session, withWayBack(call, found), ahead);
    const [only, ...others] = found;
    return only !== undefined && others.length === 0
      ? rollBack(call, session, only, ahead)
      : rollBackAll(call, session, found, ahead);
  },
};
