import { once } from 'node:events';

import type { Color, JsonObject } from '../../webhook/policy/index.ts';
import { get, number, text } from '../../webhook/policy/json.ts';
import { chosenColor, isReady, nameOf, podsOf } from '../colors.ts';
import type { Call, Command } from '../command.ts';
import { colorFlag } from '../flags.ts';
import type { PodPort } from '../forward.ts';
import { EXIT } from '../io.ts';
import { UsageError, UserError, describeError, messageOf } from '../kube/errors.ts';
import { objectsAt, stringAt } from '../kube/values.ts';
import type { Session } from '../session.ts';
import { parseTarget } from '../target.ts';
import { findTarget } from '../traefikservices.ts';
import type { Found } from '../traefikservices.ts';

export const open: Command = {
  name: 'open',
  usage: '[NAME]',
  summary: 'Forward a local port to the preview',
  description: `Forward a local port to a ready pod of the preview, until it is interrupted. Every connection goes to a pod that is ready then, so a
rollout of the preview is followed.`,
  examples: [
    { comment: 'Look at the preview on http://localhost:8080', command: 'kubectl bluegreen open shop --port 8080' },
    { comment: 'Look at what production sees', command: 'kubectl bluegreen open shop --color active' },
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
    const [argument] = call.args;
    const found = await findTarget(session, argument === undefined ? null : parseTarget(argument));
    const color = chosenColor(call.flags, found, 'preview');
    const first = await choosePod(call, session, found, color);
    const { listenAndForward } = await import('../forward.ts');
    const address = call.flags.text('address') ?? '127.0.0.1';
    const server = await listenAndForward(session.client, {
      localPort: call.flags.number('port'),
      address,
      target: () => choosePod(call, session, found, color),
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

/** A ready pod, and the number of the port there that the Service leads to. */
async function choosePod(call: Call, session: Session, found: Found, color: Color): Promise<PodPort> {
  const { service, pods } = await podsOf(session, found, color, call.io.interrupted);
  const ready = pods.filter(isReady);
  const pod = ready[Math.floor(call.io.now().getTime() % Math.max(1, ready.length))];
  if (pod === undefined) {
    throw new UserError(
      `no pod behind Service ${found.pair[color]} is ready: 'kubectl get pods -n ${found.namespace}' shows why`,
    );
  }
  return { namespace: found.namespace, pod: nameOf(pod), port: podPort(call, service, pod) };
}

function podPort(call: Call, service: JsonObject, pod: JsonObject): number {
  const wanted = call.flags.text('target-port');
  const ports = objectsAt(service, 'spec', 'ports');
  const port = ports.find(
    (each) => wanted === undefined || number(get(each, 'port')) === Number(wanted) || get(each, 'name') === wanted,
  );
  if (port === undefined) throw new UsageError(`Service ${nameOf(service)} has no port "${wanted}"`);
  const target = get(port, 'targetPort') ?? get(port, 'port');
  const plain = number(target);
  if (plain !== null) return plain;
  const containers = objectsAt(pod, 'spec', 'containers').flatMap((container) => objectsAt(container, 'ports'));
  const named = containers.find((each) => stringAt(each, 'name') === target);
  const resolved = number(get(named, 'containerPort'));
  if (resolved !== null) return resolved;
  throw new UserError(`pod ${nameOf(pod)} has no port named "${text(target) ?? ''}"`);
}
