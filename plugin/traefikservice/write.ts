import type { Json, JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import type { Session } from '../cli/session.ts';
import { UserError } from '../kube/errors.ts';
import { explainConflict, isConflict } from './conflict.ts';
import { objectPath, readAgain } from './find.ts';
import type { TraefikServiceRef } from './find.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { Plan } from './patches.ts';

/*
 * The one place where a TraefikService is written: nothing else knows the path to send a patch to. Every write has the
 * call's field manager and is a server-side dry run where --dry-run=server says so. A client-side one is the callers'
 * matter, except of `sendSwitch`: nothing is to be sent then. All reject with what `patch` of the client rejects with.
 */

/** Sends a JSON patch. Answers with the object as stored. */
export function sendPatch(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  patch: readonly PatchOperation[],
): Promise<JsonObject> {
  return write(call, session, found, 'json', patch);
}

/** Asks what the API server and the webhook answer to a JSON patch, without a change and without their warnings. */
export function rehearse(
  call: Call,
  { client }: Session,
  found: TraefikServiceRef,
  patch: readonly PatchOperation[],
): Promise<JsonObject> {
  const query = { fieldManager: call.flags.text('field-manager'), dryRun: 'All' };
  return client.patch(objectPath(found), 'json', patch, { query, quiet: true, signal: call.io.interrupted });
}

/** Writes annotations and nothing else, whatever others wrote meanwhile; null takes one away. */
export function sendAnnotations(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  annotations: Readonly<Record<string, string | null>>,
): Promise<JsonObject> {
  return write(call, session, found, 'merge', { metadata: { annotations } });
}

/**
 * Sends a switch once. After a write conflict nothing is retried: the error says what changed and by whom.
 * Answers with the object as stored; with a client-side dry run, as it would be.
 */
export async function sendSwitch(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  plan: Plan,
): Promise<JsonObject> {
  if (dryRunOf(call) === 'client') return plan.after;
  try {
    return await sendPatch(call, session, found, plan.patch);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const now = await readAgain(session.client, found).catch(() => null);
    const version = stringAt(now, 'metadata', 'resourceVersion');
    if (now === null || version === stringAt(found.object, 'metadata', 'resourceVersion')) throw error;
    throw new UserError(explainConflict(found, now, call.io.now()));
  }
}

function write(
  call: Call,
  { client }: Session,
  found: TraefikServiceRef,
  type: 'json' | 'merge',
  body: Json,
): Promise<JsonObject> {
  const query = {
    fieldManager: call.flags.text('field-manager'),
    dryRun: dryRunOf(call) === 'server' ? 'All' : undefined,
  };
  return client.patch(objectPath(found), type, body, { query, signal: call.io.interrupted });
}
