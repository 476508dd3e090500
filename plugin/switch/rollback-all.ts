import { previousOf } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { EXIT } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { UsageError, UserError, describeError } from '../kube/errors.ts';
import { listGoverned, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { whyNoRollback } from '../traefikservice/names.ts';
import { servesAlone } from '../traefikservice/shares.ts';
import type { Ahead } from './ahead.ts';
import { rollBack } from './rollback.ts';

/**
 * Rolls several releases back at the same time. What fails keeps none of the others from going back: the previous
 * version of one is better than the bad version of all. Answers with the exit code of the first that failed.
 */
export async function rollBackAll(
  call: Call,
  session: Session,
  found: readonly TraefikServiceRef[],
  ahead: Ahead,
): Promise<number> {
  const codes = await Promise.all(found.map((each) => rollBackOne(call, session, each, ahead, found.length > 1)));
  const failed = codes.filter((code) => code !== EXIT.ok).length;
  if (failed > 0)
    call.io.err.write(
      `${failed} of ${found.length} did not go back${failed < found.length ? '; the others did' : ''}.\n`,
    );
  return codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}

async function rollBackOne(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  ahead: Ahead,
  named: boolean,
): Promise<number> {
  try {
    return await rollBack(call, session, found, ahead, named ? `${resourceName(found)}: ` : '');
  } catch (error) {
    if (call.io.interrupted.aborted) throw error;
    call.io.err.write(`${resourceName(found)}: ${describeError(error)}\n`);
    return error instanceof UserError ? error.exitCode : EXIT.error;
  }
}

/**
 * Of several that nobody named one by one, those that have a version to go back to; the others are told. Throws a
 * UserError where none has.
 */
export function withWayBack({ io }: Call, found: readonly TraefikServiceRef[]): readonly TraefikServiceRef[] {
  const going = found.filter((each) => {
    const to = previousOf(each.object);
    if (to !== null && !servesAlone(each, to)) return true;
    io.err.write(`${resourceName(each)} stays as it is: ${whyNoRollback(each) ?? 'it has gone back already'}\n`);
    return false;
  });
  if (going.length === 0) throw new UserError('nothing to roll back to');
  return going;
}

/** Every release of the namespace that can go back, after a yes. Throws a UsageError where nobody can be asked. */
export async function chooseAll(call: Call, session: Session): Promise<readonly TraefikServiceRef[]> {
  const { flags, io } = call;
  const { found } = await listGoverned(session, session.namespace);
  if (found.length === 0) throw new UserError(`no blue-green TraefikService found in namespace "${session.namespace}"`);
  const going = withWayBack(call, found);
  if (flags.boolean('yes') || dryRunOf(call) !== 'none') return going;
  if (!io.stdinIsTty) throw new UsageError('--all asks before it goes back: without a terminal, say --yes');
  const names = going.map((each) => `  ${resourceName(each)}\n`).join('');
  io.err.write(`${going.length} of namespace ${session.namespace} would go back:\n${names}Go back? [y/N] `);
  const answer = (await io.readLine()).trim().toLowerCase();
  if (answer !== 'y' && answer !== 'yes') throw new UserError('nothing was changed');
  return going;
}
