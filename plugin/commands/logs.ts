import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { chosenColor } from '../traefikservice/colors.ts';
import { nameOf } from '../../common/objects.ts';
import { podsOf } from '../pods/list.ts';
import type { Call, Command } from '../cli/command.ts';
import { colorFlag } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { parseDuration } from '../../common/duration.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** Milliseconds between two looks for new pods. */
const POLL = 1000;
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

export const logs: Command = {
  name: 'logs',
  usage: '[NAME]',
  summary: 'Print the logs of all pods of a color',
  description:
    'Print the logs of all pods of a color, each line with its pod. With -f it follows the color, also through a rollout of its pods.',
  examples: [
    { comment: 'Watch production after a switch', command: 'kubectl bluegreen logs shop -f' },
    {
      comment: 'What the preview said in the last five minutes',
      command: 'kubectl bluegreen logs shop --color preview --since 5m',
    },
  ],
  flags: [
    colorFlag('active'),
    { name: 'follow', short: 'f', type: 'boolean', help: 'Specify if the logs should be streamed.' },
    { name: 'container', short: 'c', type: 'text', help: 'Print the logs of this container.' },
    { name: 'since', type: 'duration', help: 'Only return logs newer than a relative duration like 5s, 2m, or 3h.' },
    {
      name: 'tail',
      type: 'number',
      help: 'Lines of recent log file to display, of each pod. By default all, with -f the last 10.',
    },
    { name: 'timestamps', type: 'boolean', help: 'Include timestamps on each line in the log output.' },
    {
      name: 'previous',
      short: 'p',
      type: 'boolean',
      help: 'Print the logs of the previous instance of the container.',
    },
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    const session = await call.connect();
    const found = await findTarget(session, firstTarget(call.args));
    return call.flags.boolean('follow') ? follow(call, session, found) : printOnce(call, session, found);
  },
};

async function printOnce(call: Call, session: Session, found: TraefikServiceRef): Promise<number> {
  const color = chosenColor(call.flags, found, 'active');
  const { pods } = await podsOf(session, found, color, call.io.interrupted);
  if (pods.length === 0)
    throw new UserError(`no pods behind Service ${found.pair[color]} in namespace ${found.namespace}`);
  for (const pod of pods) await copy(call, session, found, pod, true);
  return EXIT.ok;
}

/** Follows until it is interrupted: pods that come are picked up, pods that go are let go. */
async function follow(call: Call, session: Session, found: TraefikServiceRef): Promise<number> {
  const color = chosenColor(call.flags, found, 'active');
  const { interrupted } = call.io;
  const known = new Set<string>();
  let first = true;
  while (!interrupted.aborted) {
    const { pods } = await podsOf(session, found, color, interrupted);
    for (const pod of pods) {
      const name = nameOf(pod);
      if (known.has(name) || stringAt(pod, 'status', 'phase') === 'Pending') continue;
      known.add(name);
      void copy(call, session, found, pod, first).catch((error: unknown) => {
        // A pod that was not ready to talk is tried again with the next look.
        known.delete(name);
        if (!interrupted.aborted) call.io.err.write(`${name}: ${describeError(error)}\n`);
      });
    }
    first = false;
    await call.io.sleep(POLL, interrupted);
  }
  return EXIT.interrupted;
}

/** Prints one pod's log, to its end or as long as it runs. A pod that came later is shown from its start. */
async function copy(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  pod: JsonObject,
  early: boolean,
): Promise<void> {
  const { flags, io } = call;
  const name = nameOf(pod);
  const tail = flags.isSet('tail') ? flags.text('tail') : flags.boolean('follow') && early ? '10' : undefined;
  const since = Math.max(1, Math.ceil((parseDuration(flags.text('since') ?? '') ?? 0) / 1000));
  const query = {
    container: containerOf(call, pod),
    follow: flags.boolean('follow') ? 'true' : undefined,
    tailLines: tail,
    sinceSeconds: flags.isSet('since') ? String(since) : undefined,
    timestamps: flags.boolean('timestamps') ? 'true' : undefined,
    previous: flags.boolean('previous') ? 'true' : undefined,
  };
  const path = resourcePath('v1', 'pods', { namespace: found.namespace, name, subresource: 'log' });
  const prefix = call.paint.out.dim(`[${name}]`);
  for await (const line of session.client.lines(path, { query, signal: io.interrupted }))
    io.out.write(`${prefix} ${line}\n`);
}

function containerOf(call: Call, pod: JsonObject): string | undefined {
  const [first] = objectsAt(pod, 'spec', 'containers');
  return (
    call.flags.text('container') ??
    stringAt(pod, 'metadata', 'annotations', DEFAULT_CONTAINER) ??
    stringAt(first, 'name')
  );
}
