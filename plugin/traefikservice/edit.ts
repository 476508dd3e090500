import { stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { UserError } from '../kube/errors.ts';
import { isConflict } from './conflict.ts';
import { stringAt } from '../../common/json-paths.ts';
import { sendPatch } from './write.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { Session } from '../cli/session.ts';
import { readAgain, resourceName } from './find.ts';
import type { TraefikServiceRef } from './find.ts';

/** Write conflicts before the command gives up. */
const ATTEMPTS = 5;

/**
 * Writes what does not move traffic, guarded against the writes of others: the patch is made anew from the object as it
 * is by then. Null stands for nothing to write. Throws when the active color changed meanwhile: what was planned no longer
 * holds. Answers with the object as stored.
 */
export async function edit(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  plan: (object: JsonObject) => readonly PatchOperation[] | null,
): Promise<TraefikServiceRef> {
  const { active } = stateOf(found.object, found.pair);
  let current = found;
  for (let attempt = 1; ; attempt += 1) {
    const patch = plan(current.object);
    if (patch === null || dryRunOf(call) === 'client') return current;
    try {
      return { ...current, object: await sendPatch(call, session, current, patch) };
    } catch (error) {
      if (!isConflict(error)) throw error;
      const object = await readAgain(session.client, found, { signal: call.io.interrupted });
      checkActive({ ...found, object }, active);
      const version = stringAt(object, 'metadata', 'resourceVersion');
      if (version === stringAt(current.object, 'metadata', 'resourceVersion') || attempt === ATTEMPTS) throw error;
      current = { ...found, object };
    }
  }
}

/** Throws when another color is active than the one that was planned for. */
export function checkActive(found: TraefikServiceRef, expected: Color | null): void {
  const { active } = stateOf(found.object, found.pair);
  if (active === expected) return;
  throw new UserError(
    `${resourceName(found)} was switched to ${active ?? 'nothing'} while this command ran, so it stopped. See 'kubectl bluegreen status ${found.name} -n ${found.namespace}'`,
  );
}
