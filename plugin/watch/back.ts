import { ANNOTATION, stateOf } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, isObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { ApiError, describeError } from '../kube/errors.ts';
import { printMutation, sendPatch } from '../traefikservice/write.ts';
import { planSwitch } from '../traefikservice/patches.ts';
import type { PatchOperation } from '../traefikservice/patches.ts';
import type { Session } from '../cli/session.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { Outcome } from '../traefikservice/watch-outcome.ts';
import { INTERVAL } from './prepare.ts';
import type { Release } from './subject.ts';
import { time } from './words.ts';

/** Milliseconds for which a rollback that fails is tried again. */
const PATIENCE = 120_000;

/**
 * Sends production back, and keeps trying while the API server is away or others write. False when it could not be
 * done, which is said. A color that somebody else took back meanwhile is left alone.
 */
export async function switchBack(
  call: Call,
  session: Session,
  { found, from, to }: Release,
  outcome: Outcome,
): Promise<boolean> {
  const { io, paint } = call;
  const name = resourceName(found);
  const deadline = io.now().getTime() + PATIENCE;
  let told = '';
  for (;;) {
    try {
      const object = await readAgain(session.client, found, { signal: io.interrupted });
      if (stateOf(object, found.pair).active !== to) {
        io.err.write(`${name} was switched by somebody else meanwhile: it is left as it is\n`);
        return true;
      }
      const plan = planSwitch(object, found.pair, from, true);
      if (plan === null) return false;
      const stored = await sendPatch(call, session, { ...found, object }, [...plan.patch, ...note(object, outcome)]);
      printMutation(call, found, 'rolled back', stored);
      io.err.write(`${paint.err.color(to)} → ${paint.err.color(from)}: ${from} is live again.\n`);
      return true;
    } catch (error) {
      if (io.interrupted.aborted) throw error;
      const text = describeError(error);
      if (io.now().getTime() >= deadline) {
        io.err.write(`${paint.err.bad(`${name} was NOT rolled back`)} within ${time(PATIENCE)}: ${text}\n`);
        return false;
      }
      if (text !== told && !isConflict(error)) {
        io.err.write(`${paint.err.warn('Warning:')} ${name} is not rolled back yet, trying again: ${text}\n`);
        told = text;
      }
      await io.sleep(isConflict(error) ? 0 : INTERVAL, io.interrupted);
    }
  }
}

const CONFLICT = 409;
const INVALID = 422;

/** A failed `test` of the patch, or of the resource version: somebody else wrote in between. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiError && (error.code === CONFLICT || error.code === INVALID);
}

/** The outcome is written with the same patch. */
function note(object: JsonObject, outcome: Outcome): readonly PatchOperation[] {
  if (!isObject(at(object, 'metadata', 'annotations'))) return [];
  const path = `/metadata/annotations/${ANNOTATION.watch.replace('/', '~1')}`;
  return [{ op: 'add', path, value: JSON.stringify(outcome) }];
}
