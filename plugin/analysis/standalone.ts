import { otherColor, previousOf, stateOf } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { whyNoRollback } from '../traefikservice/names.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceArgument } from '../traefikservice/argument.ts';
import { findTarget, readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { READY } from './job.ts';
import { prepareAnalysis } from './prepare.ts';
import { readOptions } from './options.ts';
import { analyzeSwitch } from './run.ts';
import type { AnalyzedSwitch } from './subject.ts';
import { time } from './text.ts';

/** Milliseconds between two reads while waiting for the switch. */
const POLL = 300;

/**
 * Analyzes without switching: the active color, or, with --await-switch, the one that another client makes active.
 * Answers with the exit code.
 */
export async function analyzeOnly(call: Call, targets: readonly (TraefikServiceArgument | null)[]): Promise<number> {
  const options = readOptions(call.flags, 'for');
  const session = await call.connect();
  const found = await Promise.all(targets.map((target) => findTarget(session, target)));
  const awaits = call.flags.boolean('await-switch');
  const releases = found.map((each) => releaseOf(each, awaits));
  // A color that is active already has no baseline.
  const given = awaits ? options : { ...options, baselineFor: 0 };
  const analysis = await prepareAnalysis(call, session, given, releases);
  const stored = awaits ? await Promise.all(releases.map((release) => awaitSwitch(call, session, release))) : found;
  return analyzeSwitch(call, session, analysis, stored);
}

function releaseOf(found: TraefikServiceRef, awaits: boolean): AnalyzedSwitch {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) throw new UserError(`${resourceName(found)} lists no color`);
  const other = otherColor(active);
  if (awaits) return { found, from: active, to: other };
  if (previousOf(found.object) === other) return { found, from: other, to: active };
  throw new UserError(
    `${resourceName(found)} cannot be analyzed, because there is no color to roll back to: ${whyNoRollback(found) ?? 'none is recorded'}`,
  );
}

/** The object as it was read after the switch. */
async function awaitSwitch(call: Call, session: Session, { found, to }: AnalyzedSwitch): Promise<TraefikServiceRef> {
  const { io, flags } = call;
  const limit = flags.duration('timeout');
  const deadline = io.now().getTime() + limit;
  io.err.write(`${READY} ${resourceName(found)} to ${to}\n`);
  let why = '';
  for (;;) {
    try {
      const object = await readAgain(session.client, found, { signal: io.interrupted });
      if (stateOf(object, found.pair).active === to) return { ...found, object };
      why = '';
    } catch (error) {
      if (io.interrupted.aborted) throw error;
      why = ` (${describeError(error)})`;
    }
    if (io.now().getTime() >= deadline) {
      throw new UserError(
        `${resourceName(found)} was not switched to ${to} within ${time(limit)}${why}: nothing was changed, and nothing is analyzed`,
        EXIT.timeout,
      );
    }
    await io.sleep(POLL, io.interrupted);
  }
}
