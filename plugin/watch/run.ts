import { ANNOTATION } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { describeError } from '../kube/errors.ts';
import { commandLine } from '../traefikservice/names.ts';
import type { Session } from '../cli/session.ts';
import { resourceName } from '../traefikservice/find.ts';
import { sendAnnotations } from '../traefikservice/write.ts';
import { rollBackWithRetries } from '../switch/back.ts';
import { judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import { lookAt } from './look.ts';
import type { Outcome } from '../traefikservice/watch-outcome.ts';
import { INTERVAL } from './prepare.ts';
import type { Watch } from './prepare.ts';
import { createLoss, createProgress } from './progress.ts';
import { begin, caseOf, hiddenFrom, lineOf, see, wholeOf } from './state.ts';
import type { State } from './state.ts';
import { causeText, doubtText, time, trafficText } from './words.ts';

/** Milliseconds beyond the end in which a last look is still tried. */
const LAST_TRY = 30_000;

/**
 * Watches releases that were just switched, to the end of the watch, and rolls all of them back when one is bad: they
 * were switched together. Answers with the exit code: 0 for kept, 4 for rolled back, 130 for Ctrl-C, which leaves the
 * switch as it is.
 */
export async function watchSwitch(call: Call, session: Session, watch: Watch): Promise<number> {
  const { io } = call;
  const { rules } = watch;
  const began = io.now().getTime();
  const end = began + rules.watchFor;
  const progress = createProgress(call, rules.watchFor);
  const loss = createLoss(call, progress);
  let states: readonly State[] = watch.watched.map((each) => begin(each, began));
  try {
    for (;;) {
      const looks = await lookAt(
        call,
        session,
        states.map(({ subject }) => subject),
      ).catch((error: unknown) => {
        if (io.interrupted.aborted) throw error;
        loss.lost(describeError(error));
        return null;
      });
      const now = io.now().getTime();
      if (looks !== null) {
        states = states.map((state, index) => see(state, looks[index], watch));
        const hidden = rules.withoutMetrics ? null : hiddenFrom(states, now);
        if (hidden !== null) loss.lost(hidden);
        else loss.found();
      }
      const away = states.find(({ switchedAway }) => switchedAway);
      if (away !== undefined) return endedElsewhere(call, progress, away);
      const ended = now >= end && (states.every(({ seenAt }) => seenAt >= end - INTERVAL * 2) || now >= end + LAST_TRY);
      const verdicts = states.map((state) => judge(caseOf(state, watch, now, ended)));
      if (verdicts.some(({ kind }) => kind === 'bad'))
        return await bad(call, session, { watch, states, verdicts, progress, began });
      if (ended) return await finish(call, session, { watch, states, verdicts, progress, began });
      progress.show(
        now - began,
        states.map((state) => lineOf(state, watch)),
      );
      await io.sleep(INTERVAL, io.interrupted);
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    progress.clear();
    for (const { subject } of states) {
      const { found, to } = subject.release;
      io.err.write(
        `Interrupted: ${resourceName(found)} stays on ${to}, and nobody watches it any more. To go back: ${commandLine('rollback', found)}\n`,
      );
    }
    return EXIT.interrupted;
  }
}

interface End {
  readonly watch: Watch;
  readonly states: readonly State[];
  readonly verdicts: readonly Verdict[];
  readonly progress: ReturnType<typeof createProgress>;
  readonly began: number;
}

/** Something is wrong with at least one: all go back, the last one first. */
async function bad(call: Call, session: Session, end: End): Promise<number> {
  const { watch, states, verdicts, progress, began } = end;
  const { io, paint } = call;
  progress.clear();
  const reasons: string[] = [];
  for (const [index, { subject }] of states.entries()) {
    const verdict = verdicts[index];
    if (verdict?.kind !== 'bad') continue;
    const { found, from, to } = subject.release;
    const causes = verdict.causes.map((cause) => causeText(cause, from, watch.rules));
    const after = time(io.now().getTime() - began);
    io.err.write(
      `${paint.err.bad(`${resourceName(found)}: ${to} is bad, ${after} after the switch:`)}\n${causes.map((cause) => `  - ${cause}`).join('\n')}\n`,
    );
    reasons.push(...causes.map((cause) => (states.length > 1 ? `${found.name}: ${cause}` : cause)));
  }
  return backAll(call, session, states, reasons.join('; '));
}

async function backAll(call: Call, session: Session, states: readonly State[], reason: string): Promise<number> {
  let done = true;
  for (const { subject } of states.toReversed()) {
    const at = call.io.now().toISOString();
    const outcome: Outcome = { decision: 'rolled back', color: subject.release.to, at, reason };
    if (!(await rollBackWithRetries(call, session, subject.release, { outcome, pause: INTERVAL }))) {
      done = false;
      call.io.err.write(`Go back by hand: ${commandLine('rollback', subject.release.found)}\n`);
    }
  }
  return done ? EXIT.rolledBack : EXIT.error;
}

/** The time is over and nothing is wrong: good, or not clear. */
async function finish(call: Call, session: Session, end: End): Promise<number> {
  const { watch, states, verdicts, progress, began } = end;
  const { io, paint } = call;
  progress.clear();
  const { rules } = watch;
  const doubts = states.flatMap(({ subject }, index) => {
    const verdict = verdicts[index];
    if (verdict?.kind !== 'unclear') return [];
    const text = verdict.doubts.map((doubt) => doubtText(doubt, rules)).join('; ');
    const { found, to } = subject.release;
    io.err.write(`${paint.err.warn('Warning:')} ${resourceName(found)}: whether ${to} is good is not clear: ${text}\n`);
    return [states.length > 1 ? `${found.name}: ${text}` : text];
  });
  if (doubts.length > 0 && rules.onUnclear === 'rollback') {
    io.err.write('Rolling back, as --on-no-traffic=rollback says\n');
    return backAll(call, session, states, `not clear: ${doubts.join('; ')}`);
  }
  const took = time(io.now().getTime() - began);
  for (const state of states) {
    const { found, to } = state.subject.release;
    const seen = trafficText(wholeOf(state));
    const kept = doubts.length > 0 ? 'is kept, as --on-no-traffic=keep says' : 'is good and stays';
    io.err.write(`${resourceName(found)}: ${paint.err.color(to)} ${kept}: ${seen} in ${took}\n`);
    const reason = doubts.length > 0 ? `not clear: ${doubts.join('; ')}` : seen;
    await record(call, session, state, { decision: 'kept', color: to, at: io.now().toISOString(), reason });
  }
  return EXIT.ok;
}

/** Writes how it ended on the object, for whoever asks later. That this fails changes nothing. */
async function record(call: Call, session: Session, { subject }: State, outcome: Outcome): Promise<void> {
  try {
    await sendAnnotations(call, session, subject.release.found, { [ANNOTATION.watch]: JSON.stringify(outcome) });
  } catch (error) {
    if (call.io.interrupted.aborted) return;
    call.io.err.write(`${call.paint.err.warn('Warning:')} the outcome was not recorded: ${describeError(error)}\n`);
  }
}

function endedElsewhere(call: Call, progress: End['progress'], { subject }: State): number {
  const { found, to } = subject.release;
  progress.clear();
  call.io.err.write(
    `error: ${resourceName(found)} is not on ${to} any more: somebody else switched it, and the watch ends. Look at it with '${commandLine('history', found)}'\n`,
  );
  return EXIT.error;
}
