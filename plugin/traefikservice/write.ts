import { stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { ApiError, UserError, describeError } from '../kube/errors.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Plan, PatchOperation } from './patches.ts';
import { printObject } from '../printers/object.ts';
import { ageOf } from '../printers/table.ts';
import type { Session } from '../cli/session.ts';
import { objectPath, readAgain, resourceName } from './find.ts';
import type { Found } from './find.ts';

export type DryRun = 'none' | 'client' | 'server';

const CONFLICT = 409;
const INVALID = 422;

/** What --dry-run says. */
export function dryRunOf({ flags }: Pick<Call, 'flags'>): DryRun {
  const value = flags.text('dry-run');
  return value === 'client' || value === 'server' ? value : 'none';
}

/** What follows a resource's verb: kubectl's own suffixes. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
}

/** Sends a JSON patch with the flags of the call. */
export function sendPatch(
  call: Call,
  { client }: Session,
  found: Found,
  patch: readonly PatchOperation[],
): Promise<JsonObject> {
  const query = {
    fieldManager: call.flags.text('field-manager'),
    dryRun: dryRunOf(call) === 'server' ? 'All' : undefined,
  };
  return client.patch(objectPath(found), 'json', patch, { query, signal: call.io.interrupted });
}

/**
 * Sends a switch once. When somebody else wrote meanwhile nothing is retried: the error says what changed and by whom.
 * Answers with the object as stored; with a client-side dry run, as it would be.
 */
export async function sendSwitch(call: Call, session: Session, found: Found, plan: Plan): Promise<JsonObject> {
  if (dryRunOf(call) === 'client') return plan.after;
  try {
    return await sendPatch(call, session, found, plan.patch);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== CONFLICT && error.code !== INVALID)) throw error;
    const now = await readAgain(session.client, found).catch(() => null);
    const version = stringAt(now, 'metadata', 'resourceVersion');
    if (now === null || version === stringAt(found.object, 'metadata', 'resourceVersion')) throw error;
    throw new UserError(explainConflict(found, now, call.io.now()));
  }
}

/** Prints `RESOURCE verb`, or the object in the format of -o. */
export function printMutation(call: Call, found: Found, verb: string, object: JsonObject): void {
  const format = call.flags.text('output') ?? '';
  const name = resourceName(found);
  if (format === '' || format === 'wide') call.io.out.write(`${name} ${verb}${dryRunSuffix(dryRunOf(call))}\n`);
  else call.io.out.write(printObject(object, name, format));
}

function explainConflict(found: Found, now: JsonObject, at: Date): string {
  const writer = latestWriter(now);
  const who = writer === null ? 'somebody' : `"${writer.manager}" (${ageOf(writer.time, at)} ago)`;
  const before = weightsText(found, found.object);
  const after = weightsText(found, now);
  const what =
    before === after
      ? `the weights are still ${after}, something else was changed`
      : `the weights went from ${before} to ${after}`;
  return (
    `${resourceName(found)} was changed by ${who} while this command ran: ${what}. ` +
    `Nothing was switched. Look at it with 'kubectl bluegreen status ${found.name} -n ${found.namespace}' and try again`
  );
}

function weightsText(found: Found, object: JsonObject): string {
  const state = stateOf(object, found.pair);
  const one = (color: Color): string => `${color} ${state[color] === null ? 'not listed' : state[color].weight}`;
  return `${one('blue')} / ${one('green')}`;
}

/** Who wrote last, from the object's managed fields. */
function latestWriter(object: JsonObject): { readonly manager: string; readonly time: string } | null {
  const writers = objectsAt(object, 'metadata', 'managedFields').map((entry) => ({
    manager: stringAt(entry, 'manager') ?? 'unknown',
    time: stringAt(entry, 'time') ?? '',
  }));
  return writers.sort((a, b) => (a.time < b.time ? 1 : -1))[0] ?? null;
}

/** Undoes switches in reverse order after a later one failed, and says how that went. */
export async function undoSwitches(
  call: Call,
  done: readonly { readonly found: Found; readonly undo: () => Promise<void> }[],
): Promise<void> {
  for (const { found, undo } of done.toReversed()) {
    const name = resourceName(found);
    try {
      await undo();
      call.io.err.write(`${name} switched back\n`);
    } catch (error) {
      call.io.err.write(`${call.paint.err.bad(`${name} was NOT switched back:`)} ${describeError(error)}\n`);
    }
  }
}
