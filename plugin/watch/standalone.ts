import { otherColor, previousOf, stateOf } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { whyNoRollback } from '../traefikservice/names.ts';
import type { Session } from '../cli/session.ts';
import type { Target } from '../traefikservice/argument.ts';
import { findTarget, readAgain, resourceName } from '../traefikservice/find.ts';
import type { Found } from '../traefikservice/find.ts';
import { READY } from './job.ts';
import { prepareWatch } from './prepare.ts';
import { readRules } from './rules.ts';
import { watchSwitch } from './run.ts';
import type { Release } from './subject.ts';
import { time } from './words.ts';

/** Milliseconds between two looks for the switch. */
const POLL = 300;

/**
 * Watches without switching: what is live now, or, with --await-switch, what somebody else makes live in a moment.
 * Answers with the exit code.
 */
export async function watchAlone(call: Call, targets: readonly (Target | null)[]): Promise<number> {
  const rules = readRules(call.flags, 'for');
  const session = await call.connect();
  const found = await Promise.all(targets.map((target) => findTarget(session, target)));
  const awaits = call.flags.boolean('await-switch');
  const releases = found.map((each) => releaseOf(each, awaits));
  // What is live already has no "before" to measure.
  const given = awaits ? rules : { ...rules, baselineFor: 0 };
  const watch = await prepareWatch(call, session, given, releases);
  if (awaits) await Promise.all(releases.map((release) => awaitSwitch(call, session, release)));
  return watchSwitch(call, session, watch);
}

function releaseOf(found: Found, awaits: boolean): Release {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) throw new UserError(`${resourceName(found)} lists no color`);
  const other = otherColor(active);
  if (awaits) return { found, from: active, to: other };
  if (previousOf(found.object) === other) return { found, from: other, to: active };
  throw new UserError(
    `${resourceName(found)} has nothing to go back to, so there is no point in watching it: ${whyNoRollback(found) ?? 'nothing is recorded'}`,
  );
}

async function awaitSwitch(call: Call, session: Session, { found, to }: Release): Promise<void> {
  const { io, flags } = call;
  const limit = flags.duration('timeout');
  const deadline = io.now().getTime() + limit;
  io.err.write(`${READY} ${resourceName(found)} to ${to}\n`);
  let why = '';
  for (;;) {
    try {
      const object = await readAgain(session.client, found, { signal: io.interrupted });
      if (stateOf(object, found.pair).active === to) return;
      why = '';
    } catch (error) {
      if (io.interrupted.aborted) throw error;
      why = ` (${describeError(error)})`;
    }
    if (io.now().getTime() >= deadline) {
      throw new UserError(
        `${resourceName(found)} was not switched to ${to} within ${time(limit)}${why}: nothing was changed, and nothing is watched`,
        EXIT.timeout,
      );
    }
    await io.sleep(POLL, io.interrupted);
  }
}
