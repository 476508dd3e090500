import { stateOf } from '../../webhook/policy/index.ts';
import type { Call, Command } from '../cli/command.ts';
import { colorNamed } from '../traefikservice/colors.ts';
import { ALL_NAMESPACES_FLAG, MUTATION_FLAGS, TIMEOUT_FLAG, WAIT_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError, UserError, describeError } from '../kube/errors.ts';
import { checkFormat } from '../printers/object.ts';
import type { Session } from '../cli/session.ts';
import { firstTarget } from '../traefikservice/argument.ts';
import { findTarget, listGoverned, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { butForbidden } from '../traefikservice/groups.ts';

export const decommission: Command = {
  name: 'decommission',
  usage: '[NAME]',
  summary: 'Scale the previous color to zero',
  description: `Scale the previous color to zero: remove it from the list first, then, once every Traefik replica has dropped it, scale it down.
In the other order Traefik would answer 404 to every request, unless it allows empty services.

It fails before --after has passed since the switch, and for a color that was never active: that is the next release.
Afterwards a rollback is no longer instant: it scales the color up first.

With --all, every release of the namespace is processed, with -A of all namespaces: releases that are not due are skipped. A failure
does not stop the others; the exit code is 1 then.`,
  examples: [
    { comment: 'A day after the switch', command: 'kubectl bluegreen decommission shop -n demo --after 24h' },
    { comment: 'What would be done', command: 'kubectl bluegreen decommission --all -A --after 24h --dry-run' },
  ],
  flags: [
    {
      name: 'after',
      type: 'duration',
      fallback: '24h',
      help: 'How long ago the switch has to be. Until then a rollback is instant.',
    },
    { name: 'all', type: 'boolean', help: 'Every release that is due, of the namespace or with -A of all.' },
    ALL_NAMESPACES_FLAG,
    {
      name: 'color',
      type: 'list',
      choices: ['blue', 'green', 'auto', 'always', 'never'],
      help: 'The color that you expect to be scaled down; the command fails if it is active.',
    },
    {
      name: 'settle',
      type: 'duration',
      help: 'How long to wait where Traefik does not prove that it has dropped the color. Without it, the color is not scaled down then.',
    },
    { ...TIMEOUT_FLAG, help: 'How long to wait for Traefik.' },
    ...WAIT_FLAGS.filter(({ name }) => name === 'traefik'),
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const [argument] = call.args;
    const all = call.flags.boolean('all');
    if (all && argument !== undefined) throw new UsageError('a NAME and --all exclude each other');
    if (!all && call.flags.boolean('all-namespaces')) throw new UsageError('-A is for --all');
    const session = await call.connect();
    if (all) return every(call, session);
    return one(call, session, await findTarget(session, firstTarget(call.args)));
  },
};

async function one(call: Call, session: Session, found: TraefikServiceRef): Promise<number> {
  const { decommissionOne } = await import('../decommission/run.ts');
  denyActive(call, found);
  const end = await decommissionOne(call, session, found, call.flags.duration('after'));
  if (end.kind !== 'denied') return EXIT.ok;
  throw new UserError(`${resourceName(found)} is not decommissioned: ${end.leftover.why}. Nothing was changed`);
}

function denyActive(call: Call, found: TraefikServiceRef): void {
  const color = call.flags
    .list('color')
    .map(colorNamed)
    .find((each) => each !== null);
  if (color === undefined || stateOf(found.object, found.pair).active !== color) return;
  throw new UserError(`${resourceName(found)}: ${color} is active and must not be decommissioned. Nothing was changed`);
}

/** One after the other; what fails is told and counted, and the rest goes on. */
async function every(call: Call, session: Session): Promise<number> {
  const { decommissionOne } = await import('../decommission/run.ts');
  const { io, flags } = call;
  const everywhere = flags.boolean('all-namespaces');
  const listing = await listGoverned(session, everywhere ? null : session.namespace);
  const { found } = listing;
  if (found.length === 0) io.err.write(`No blue-green releases found${butForbidden(listing)}.\n`);
  let failed = 0;
  for (const each of found) {
    const name = everywhere ? `${each.namespace}/${each.name}` : each.name;
    try {
      denyActive(call, each);
      const end = await decommissionOne(call, session, each, flags.duration('after'));
      if (end.kind === 'denied') io.err.write(`${name} is skipped: ${end.leftover.why}\n`);
    } catch (error) {
      if (io.interrupted.aborted) throw error;
      failed += 1;
      io.err.write(`${name} failed: ${describeError(error)}\n`);
    }
  }
  if (failed > 0) io.err.write(`error: ${failed} of ${found.length} releases failed\n`);
  return failed > 0 ? EXIT.error : EXIT.ok;
}
