import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { allTargets } from './argument.ts';
import type { TraefikServiceArgument } from './argument.ts';
import { findTarget, listGoverned } from './find.ts';
import type { TraefikServiceRef } from './find.ts';
import { butForbidden } from './groups.ts';

/**
 * What the names of a command line, or its --selector, mean: null is the only TraefikService of the namespace. Throws a
 * UsageError for both, and a UserError where the selector selects nothing.
 */
export async function chosenTargets(
  call: Pick<Call, 'args' | 'flags'>,
  session: Session,
): Promise<readonly (TraefikServiceArgument | null)[]> {
  return (await selected(call, session)) ?? allTargets(call.args);
}

/** The TraefikServices of the names, of --selector or of --all-namespaces. Throws as `chosenTargets` and `findTarget` do. */
export async function findChosen(
  call: Pick<Call, 'args' | 'flags'>,
  session: Session,
): Promise<readonly TraefikServiceRef[]> {
  const found = await selected(call, session);
  return found ?? Promise.all(allTargets(call.args).map((target) => findTarget(session, target)));
}

/** What --selector selects, with --all-namespaces in all of them; null without both. */
async function selected(
  { args, flags }: Pick<Call, 'args' | 'flags'>,
  session: Session,
): Promise<readonly TraefikServiceRef[] | null> {
  const selector = flags.text('selector');
  const everywhere = flags.boolean('all-namespaces');
  if (selector === undefined && !everywhere) return null;
  if (args.length > 0 && everywhere) throw new UsageError('name cannot be provided with --all-namespaces');
  if (args.length > 0) throw new UsageError('name cannot be provided when a selector is specified');
  const listing = await listGoverned(session, everywhere ? null : session.namespace, selector);
  if (listing.found.length > 0) return listing.found;
  const where = everywhere ? 'of the cluster' : `in namespace "${session.namespace}"`;
  const none =
    selector === undefined
      ? `there is no blue-green TraefikService ${where}`
      : `no blue-green TraefikService ${where} has the labels ${selector}`;
  throw new UserError(`${none}${butForbidden(listing)}`);
}
