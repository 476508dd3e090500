import type { Command } from '../cli/command.ts';
import { ALL_NAMESPACES_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { UserError } from '../kube/errors.ts';
import { freeze } from './freeze.ts';
import { promote } from './promote.ts';
import { rollback } from './rollback.ts';
import { unfreeze } from './unfreeze.ts';

export const dashboard: Command = {
  name: 'dashboard',
  usage: '',
  summary: 'Show the releases in a browser, and switch them there',
  description: `Show the releases in a browser, and switch them there: what is active, what is wrong, what can be done about it. The page has your
rights and no more, and runs the same commands as you would.

It is served on this machine only, at a URL with a secret token, until Ctrl-C. It shows all namespaces where you may list them, else
that of the context; -n chooses one.`,
  examples: [
    { comment: 'All releases, in the browser', command: 'kubectl bluegreen dashboard --open' },
    { comment: 'To look at only', command: 'kubectl bluegreen dashboard -n demo --read-only' },
  ],
  flags: [
    ALL_NAMESPACES_FLAG,
    { name: 'port', type: 'number', fallback: '0', help: 'The port to serve at. Zero means a free one.' },
    { name: 'address', type: 'text', fallback: '127.0.0.1', help: 'The address to serve at.' },
    {
      name: 'read-only',
      type: 'boolean',
      help: 'Change nothing: the page has no buttons, and the server runs no command.',
    },
    { name: 'open', type: 'boolean', help: 'Open the URL in the browser.' },
    {
      name: 'allowed-host',
      type: 'list',
      help: 'A further HOST or HOST:PORT under which browsers reach it, as behind a proxy; can be repeated.',
    },
    {
      name: 'no-token',
      type: 'boolean',
      help: 'Ask for no token, where a proxy in front of it authenticates. Needs --read-only.',
    },
    ...WAIT_FLAGS.filter((flag) => flag.name === 'traefik'),
  ],
  arguments: { min: 0, max: 0 },
  run: async (call) => {
    const { BUNDLED } = await import('../dashboard/assets.ts');
    if (BUNDLED === null)
      throw new UserError('this build of the plugin has no page: run the executable (npm run package)');
    const session = await call.connect();
    const { serveDashboard } = await import('../dashboard/run.ts');
    return serveDashboard(call, session, { commands: [promote, rollback, freeze, unfreeze], assets: BUNDLED });
  },
};
