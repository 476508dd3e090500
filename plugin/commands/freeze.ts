import { ANNOTATION, freezeOf, freezeText, freezeValue } from '../../webhook/policy/index.ts';
import { parseDuration } from '../../common/duration.ts';
import { annotate } from '../traefikservice/annotate.ts';
import type { Call, Command } from '../cli/command.ts';
import { ALL_NAMESPACES_FLAG, MUTATION_FLAGS, SELECTOR_FLAG } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { whoAmI } from '../kube/access.ts';
import { UsageError } from '../kube/errors.ts';
import { checkFormat } from '../printers/object.ts';
import { toSecond } from '../printers/table.ts';
import { MOST_NAMES } from '../traefikservice/argument.ts';
import { findChosen } from '../traefikservice/chosen.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

export const freeze: Command = {
  name: 'freeze',
  usage: '[NAME...]',
  summary: 'Deny promotions until unfreeze',
  description: `Deny promotions until 'kubectl bluegreen unfreeze', or until the end that --until gives. Rollbacks stay possible.

The webhook and the plugin know when a freeze has ended. The policy in the API server has no clock: it leaves a freeze with an end to
the webhook, without which promotions are denied anyway.`,
  examples: [
    {
      comment: 'No releases over the weekend',
      command: "kubectl bluegreen freeze shop --reason 'weekend, call Alice' --until 2026-03-02T08:00:00Z",
    },
    { comment: 'Of every release of a team', command: 'kubectl bluegreen freeze -l team=web --reason "quarter end"' },
  ],
  flags: [
    {
      name: 'reason',
      type: 'text',
      fallback: 'frozen manually',
      help: 'The reason; denied promotions show it, with your name and the time.',
    },
    {
      name: 'until',
      type: 'text',
      help: 'When the freeze ends by itself: a time (e.g. 2026-03-02T08:00:00Z), or a duration from now (e.g. 48h).',
    },
    SELECTOR_FLAG,
    { ...ALL_NAMESPACES_FLAG, help: 'Every release of the cluster that is not frozen yet.' },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 0, max: MOST_NAMES },
  completes: 'names',
  run: async (call) => {
    const reason = (call.flags.text('reason') ?? '').trim();
    if (reason === '') throw new UsageError('--reason must not be empty');
    checkFormat(call.flags.text('output'));
    const until = endOf(call.flags.text('until'), call.io.now());
    const session = await call.connect();
    const found = toFreeze(call, await findChosen(call, session));
    const by = await whoAmI(session.client, call.io.interrupted);
    const signed = `${reason} (${by === null ? '' : `by ${by}, `}${toSecond(call.io.now().toISOString())})`;
    for (const each of found) {
      const now = freezeOf(each.object, call.io.now().toISOString());
      const same = now !== null && unsigned(now.reason) === reason && now.until === until;
      const value = same ? freezeValue(now) : freezeValue({ reason: signed, until });
      await annotate(call, session, each, { key: ANNOTATION.frozen, value, verb: 'frozen' });
    }
    return EXIT.ok;
  },
};

/** With --all-namespaces, what another freeze holds already keeps it. */
function toFreeze({ flags, io }: Call, found: readonly TraefikServiceRef[]): readonly TraefikServiceRef[] {
  if (!flags.boolean('all-namespaces')) return found;
  return found.filter((each) => {
    const holding = freezeOf(each.object, io.now().toISOString());
    if (holding === null) return true;
    io.err.write(`${resourceName(each)} in namespace ${each.namespace} stays frozen${freezeText(holding)}\n`);
    return false;
  });
}

/** A reason without the name and the time that the command wrote behind it. */
function unsigned(reason: string): string {
  return reason.replace(/ \((?:by [^()]*, )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)$/, '');
}

/** The end of a freeze in whole seconds of UTC; null without one. Throws a UsageError. */
function endOf(given: string | undefined, now: Date): string | null {
  if (given === undefined) return null;
  const duration = parseDuration(given);
  // Without a zone it would mean another time to each who reads it.
  const named = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(given) ? Date.parse(given) : NaN;
  const end = duration === null ? named : now.getTime() + duration;
  if (Number.isNaN(end))
    throw new UsageError(
      `invalid argument "${given}" for "--until" flag: must be a time with its zone, such as 2026-03-02T08:00:00Z or 2026-03-02T08:00:00+01:00, or a duration such as 48h`,
    );
  if (end <= now.getTime()) throw new UsageError(`--until ${given} is over: it must be a time to come`);
  return toSecond(new Date(end).toISOString());
}
