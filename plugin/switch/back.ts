import { at, isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { ANNOTATION } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { describeError } from '../kube/errors.ts';
import { formatAge } from '../printers/table.ts';
import { isConflict } from '../traefikservice/conflict.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { sameSwitch, switchIn } from '../traefikservice/switch-id.ts';
import type { SwitchId } from '../traefikservice/switch-id.ts';
import { planSwitch } from '../traefikservice/patches.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { Plan } from '../traefikservice/patches.ts';
import { printMutation } from '../traefikservice/print.ts';
import type { Outcome } from '../traefikservice/analysis-outcome.ts';
import { sendPatch } from '../traefikservice/write.ts';
import { warn } from '../cli/warn.ts';

/*
 * The one way back: production returns to the color that it left by `planRollback` and by nothing else. `rollBack` in
 * rollback.ts is what a user asks for, `rollBackWithRetries` what a watch does by itself, `undoSwitches` what follows
 * when one of several switches fails.
 */

/** The switch back to `to`, also where it has to be listed again; null where no color is listed. */
export function planRollback(found: TraefikServiceRef, to: Color): Plan | null {
  return planSwitch(found.object, found.pair, to, true);
}

/** Milliseconds for which a rollback that fails is tried again. */
const PATIENCE = 120_000;

/** A switch that was made. */
interface Switched {
  readonly found: TraefikServiceRef;
  readonly from: Color;
}

interface Retries {
  readonly outcome: Outcome;
  /** The switch that is rolled back, and no other. */
  readonly switched: SwitchId;
  /** Milliseconds between two attempts. */
  readonly pause: number;
  /** Begins the line that tells the switch. */
  readonly label: string;
}

/** `left`: another release is on the color by now. `failed`: it could not be done, which was reported. */
type Rollback = 'done' | 'left' | 'failed';

/**
 * Sends production back, and keeps trying while the API server is away or others write. After another switch, whatever
 * its color, the object is left alone.
 */
export async function rollBackWithRetries(
  call: Call,
  session: Session,
  { found, from }: Switched,
  { outcome, switched, pause, label }: Retries,
): Promise<Rollback> {
  const { io, paint } = call;
  const name = resourceName(found);
  const deadline = io.now().getTime() + PATIENCE;
  let told = '';
  for (;;) {
    try {
      const object = await readAgain(session.client, found, { signal: io.interrupted });
      const now = switchIn(object, found.pair);
      if (!sameSwitch(now, switched)) {
        io.err.write(`${name} was switched by another client meanwhile and is left unchanged\n`);
        return now.color === switched.color ? 'left' : 'done';
      }
      const plan = planRollback({ ...found, object }, from);
      if (plan === null) return 'failed';
      const stored = await sendPatch(call, session, { ...found, object }, [...plan.patch, ...note(object, outcome)]);
      printMutation(call, found, 'rolled back', stored);
      const change = `${paint.err.color(outcome.color)} → ${paint.err.color(from)}`;
      io.err.write(`${label}${change}: ${from} is active again.\n`);
      return 'done';
    } catch (error) {
      if (io.interrupted.aborted) throw error;
      const text = describeError(error);
      if (io.now().getTime() >= deadline) {
        io.err.write(`${paint.err.bad(`${name} was NOT rolled back`)} within ${formatAge(PATIENCE)}: ${text}\n`);
        return 'failed';
      }
      if (text !== told && !isConflict(error)) {
        warn(call, `${name} is not rolled back yet, retrying: ${text}`);
        told = text;
      }
      await io.sleep(isConflict(error) ? 0 : pause, io.interrupted);
    }
  }
}

/** The outcome is written with the same patch. */
function note(object: JsonObject, outcome: Outcome): readonly PatchOperation[] {
  if (!isObject(at(object, 'metadata', 'annotations'))) return [];
  const path = `/metadata/annotations/${ANNOTATION.analysis.replace('/', '~1')}`;
  return [{ op: 'add', path, value: JSON.stringify(outcome) }];
}

/** A switch of several that was made, as it was stored; `to` is null where no color was active before. */
export interface Undoable {
  readonly found: TraefikServiceRef;
  readonly to: Color | null;
}

/** Undoes switches in reverse order after a later one failed, and says how that went. */
export async function undoSwitches(call: Call, session: Session, done: readonly Undoable[]): Promise<void> {
  for (const { found, to } of done.toReversed()) {
    const name = resourceName(found);
    try {
      const plan = to === null ? null : planRollback(found, to);
      if (plan !== null) await sendPatch(call, session, found, plan.patch);
      call.io.err.write(`${name} switched back\n`);
    } catch (error) {
      call.io.err.write(`${call.paint.err.bad(`${name} was NOT switched back:`)} ${describeError(error)}\n`);
    }
  }
}
