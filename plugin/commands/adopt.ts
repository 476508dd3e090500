import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS } from '../cli/flags.ts';
import { checkFormat } from '../printers/object.ts';
import { parseTarget } from '../traefikservice/argument.ts';
import { findAny } from '../traefikservice/find.ts';

export const adopt: Command = {
  name: 'adopt',
  usage: 'NAME',
  summary: 'Govern a TraefikService whose Services have other names',
  description: `Govern a TraefikService whose two Services are not called blue and green, by the annotations bluegreen.dev/blue and
bluegreen.dev/green. It shows what would change and asks first; the weights stay as they are. An adoption that the checks deny changes nothing.

Without --blue and --green, the two Services are adopted that look like a pair: web and web-green, web-stable and web-canary.
'kubectl bluegreen doctor' lists such TraefikServices.`,
  examples: [
    {
      comment: 'The Services web (production) and web-green',
      command: 'kubectl bluegreen adopt web --blue web --green web-green -n demo',
    },
    {
      comment: 'Ask the API server and the webhook, and change nothing',
      command: 'kubectl bluegreen adopt web --dry-run=server',
    },
    { comment: 'In a script', command: 'kubectl bluegreen adopt web --blue web-stable --green web-canary --yes' },
  ],
  flags: [
    { name: 'blue', type: 'text', help: 'The Service that is blue.' },
    { name: 'green', type: 'text', help: 'The Service that is green.' },
    { name: 'yes', short: 'y', type: 'boolean', help: 'Do not ask.' },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 1, max: 1 },
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const session = await call.connect();
    const { adoptOne } = await import('../adopt/run.ts');
    return adoptOne(call, session, await findAny(session, parseTarget(call.args[0] ?? '')));
  },
};
