import { once } from 'node:events';

import { chosenColor } from '../traefikservice/colors.ts';
import type { Command } from '../cli/command.ts';
import { colorFlag } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { messageOf } from '../../common/errors.ts';
import { choosePodPort } from '../pods/port.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';

export const portForward: Command = {
  name: 'port-forward',
  usage: '[NAME]',
  summary: 'Forward a local port to the preview',
  description: `Forward a local port to a ready pod of the preview, until it is interrupted. Every connection goes to a pod that is ready then, so a
rollout of the preview is followed.`,
  examples: [
    {
      comment: 'Look at the preview on http://localhost:8080',
      command: 'kubectl bluegreen port-forward shop --port 8080',
    },
    { comment: 'Look at what production sees', command: 'kubectl bluegreen port-forward shop --color active' },
  ],
  flags: [
    colorFlag('preview'),
    { name: 'port', type: 'number', fallback: '0', help: 'The local port. By default one that is free.' },
    { name: 'target-port', type: 'text', help: "The Service's port, by number or name. By default its first." },
    { name: 'address', type: 'text', fallback: '127.0.0.1', help: 'The local address to listen on.' },
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    const color = chosenColor(call.flags, found, 'preview');
    const first = await choosePodPort(call, session, found, color, call.flags.text('target-port'));
    const { listenAndForward } = await import('../kube/port-forward.ts');
    const address = call.flags.text('address') ?? '127.0.0.1';
    const server = await listenAndForward(session.client, {
      localPort: call.flags.number('port'),
      address,
      target: () => choosePodPort(call, session, found, color, call.flags.text('target-port')),
      failed: (error) => call.io.err.write(`${describeError(error)}\n`),
    }).catch((error: unknown) => {
      throw new UserError(`unable to listen on port ${call.flags.number('port')}: ${messageOf(error)}`);
    });
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : call.flags.number('port');
    call.io.out.write(
      `Forwarding from http://${address}:${port} -> ${found.pair[color]} (${first.pod}:${first.port})\n`,
    );
    if (!call.io.interrupted.aborted) await once(call.io.interrupted, 'abort');
    server.close();
    return EXIT.interrupted;
  },
};
