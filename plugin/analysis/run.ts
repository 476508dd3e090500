import { ANNOTATION } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { describeError } from '../kube/errors.ts';
import { commandLine } from '../traefikservice/names.ts';
import type { Session } from '../cli/session.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { sameSwitch, switchIn } from '../traefikservice/switch-id.ts';
import type { SwitchId } from '../traefikservice/switch-id.ts';
import { sendAnnotations } from '../traefikservice/write.ts';
import { rollBackWithRetries } from '../switch/back.ts';
import { isBlind, judge } from './judge.ts';
import type { AnalyzedSwitch } from './subject.ts';
import type { Verdict } from './judge.ts';
import { observe } from './observe.ts';
import type { Outcome } from '../traefikservice/analysis-outcome.ts';
import { INTERVAL } from './prepare.ts';
import type { Analysis } from './prepare.ts';
import { createDataReport, createProgress } from './progress.ts';
import { begin, evidenceOf, missingData, lineOf, see, wholeOf } from './state.ts';
import type { State } from './state.ts';
import { failureText, inconclusiveText, time, trafficText } from './text.ts';
import { warn } from '../cli/warn.ts';

/** Milliseconds beyond the end in which a last look is still tried. */
const LAST_TRY = 30_000;

/**
 * Analyzes switches, each as it was stored, and rolls all of them back when one fails: they were made together. It ends
 * with an error when another switch of one of them was made meanwhile: what is active then was not analyzed.
 * Answers with the exit code: 0 for kept, 1 for kept without having seen the end, 4 for rolled back, 130 for Ctrl-C, which
 * leaves the switch as it is.
 */
export async function analyzeSwitch(
  call: Call,
  session: Session,
  analysis: Analysis,
  stored: readonly TraefikServiceRef[],
): Promise<number> {
  const { io } = call;
  const { options } = analysis;
  const began = io.now().getTime();
  const end = began + options.analyzeFor;
  const progress = createProgress(call, options.analyzeFor);
  const data = createDataReport(call, progress);
  let states: readonly State[] = analysis.prepared.map((each) => begin(each, madeOf(each, stored), began));
  try {
    for (;;) {
      const observations = await observe(
        call,
        session,
        states.map(({ subject }) => subject),
      ).catch((error: unknown) => {
        if (io.interrupted.aborted) throw error;
        data.lost(describeError(error));
        return null;
      });
      const now = io.now().getTime();
      if (observations !== null) {
        states = states.map((state, index) => see(state, observations[index], analysis));
        const missing = options.withoutMetrics ? null : missingData(states, now);
        if (missing !== null) data.lost(missing);
        else data.found();
      }
      const superseded = states.find(({ supersededBy }) => supersededBy !== null);
      if (superseded !== undefined) return endedElsewhere(call, progress, superseded);
      const ended =
        now >= end && (states.every(({ observedAt }) => observedAt >= end - INTERVAL * 2) || now >= end + LAST_TRY);
      const verdicts = states.map((state) => judge(evidenceOf(state, analysis, now, ended)));
      if (verdicts.some(({ phase }) => phase === 'Failed'))
        return await failed(call, session, { analysis, states, verdicts, progress, began });
      if (ended) return await finish(call, session, { analysis, states, verdicts, progress, began });
      progress.show(
        now - began,
        states.map((state) => lineOf(state, analysis)),
      );
      await io.sleep(INTERVAL, io.interrupted);
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    progress.clear();
    for (const { subject } of states) {
      const { found, to } = subject.release;
      io.err.write(
        `Interrupted: ${resourceName(found)} stays on ${to}, and its analysis has ended. To roll back: ${commandLine('rollback', found)}\n`,
      );
    }
    return EXIT.interrupted;
  }
}

interface End {
  readonly analysis: Analysis;
  readonly states: readonly State[];
  readonly verdicts: readonly Verdict[];
  readonly progress: ReturnType<typeof createProgress>;
  readonly began: number;
}

/** Something is wrong with at least one: all go back, the last one first. */
async function failed(call: Call, session: Session, end: End): Promise<number> {
  const { analysis, states, verdicts, progress, began } = end;
  const { io, paint } = call;
  progress.clear();
  const reasons: string[] = [];
  for (const [index, { subject }] of states.entries()) {
    const verdict = verdicts[index];
    if (verdict?.phase !== 'Failed') continue;
    const { found, from, to } = subject.release;
    const texts = verdict.reasons.map((reason) => failureText(reason, from, analysis.options));
    const after = time(io.now().getTime() - began);
    io.err.write(
      `${paint.err.bad(`${resourceName(found)}: ${to} failed its analysis ${after} after the switch:`)}\n${texts.map((text) => `  - ${text}`).join('\n')}\n`,
    );
    reasons.push(...texts.map((text) => (states.length > 1 ? `${found.name}: ${text}` : text)));
  }
  return rollBackAll(call, session, states, { phase: 'Failed', reason: reasons.join('; ') });
}

async function rollBackAll(
  call: Call,
  session: Session,
  states: readonly State[],
  result: Pick<Outcome, 'phase' | 'reason'>,
): Promise<number> {
  let done = true;
  for (const { subject, switched } of states.toReversed()) {
    const at = call.io.now().toISOString();
    const outcome: Outcome = { ...result, rolledBack: true, color: subject.release.to, at };
    const label = states.length > 1 ? `${resourceName(subject.release.found)}: ` : '';
    const how = { outcome, switched, pause: INTERVAL, label };
    const rollback = await rollBackWithRetries(call, session, subject.release, how);
    if (rollback !== 'done') done = false;
    if (rollback === 'failed') {
      call.io.err.write(`Roll back manually: ${commandLine('rollback', subject.release.found)}\n`);
    }
  }
  return done ? EXIT.rolledBack : EXIT.error;
}

/** The time is over and no limit was exceeded: Successful or Inconclusive. */
async function finish(call: Call, session: Session, end: End): Promise<number> {
  const { analysis, states, verdicts, progress, began } = end;
  const { io, paint } = call;
  progress.clear();
  const { options } = analysis;
  const inconclusive = states.flatMap(({ subject }, index) => {
    const verdict = verdicts[index];
    if (verdict?.phase !== 'Inconclusive') return [];
    const text = verdict.reasons.map((reason) => inconclusiveText(reason, options)).join('; ');
    const { found, to } = subject.release;
    warn(call, `${resourceName(found)}: the analysis of ${to} is inconclusive: ${text}`);
    return [states.length > 1 ? `${found.name}: ${text}` : text];
  });
  if (inconclusive.length > 0 && options.onInconclusive === 'rollback') {
    io.err.write('Rolling back (--on-inconclusive=rollback)\n');
    return rollBackAll(call, session, states, { phase: 'Inconclusive', reason: inconclusive.join('; ') });
  }
  const took = time(io.now().getTime() - began);
  for (const state of states) {
    const { found, to } = state.subject.release;
    const seen = trafficText(wholeOf(state));
    const kept = inconclusive.length > 0 ? 'stays active (--on-inconclusive=keep)' : 'passed its analysis';
    io.err.write(`${resourceName(found)}: ${paint.err.color(to)} ${kept}: ${seen} in ${took}\n`);
    const phase = inconclusive.length > 0 ? 'Inconclusive' : 'Successful';
    const reason = inconclusive.length > 0 ? inconclusive.join('; ') : seen;
    await record(call, session, state, { phase, rolledBack: false, color: to, at: io.now().toISOString(), reason });
  }
  const blind = states.filter((_, index) => verdicts[index] !== undefined && isBlind(verdicts[index]));
  for (const { subject } of blind) notSeen(call, subject.release);
  if (blind.length > 0) return EXIT.error;
  return inconclusive.length > 0 ? EXIT.inconclusive : EXIT.ok;
}

/** What was not looked at until the end is no success, whatever --on-inconclusive keeps. */
function notSeen({ io }: Call, { found, to }: AnalyzedSwitch): void {
  io.err.write(
    `error: ${resourceName(found)}: the analysis did not see its end, so ${to} is active without having passed it. ` +
      `To analyze it again: ${commandLine('analyze', found)}. To roll back: ${commandLine('rollback', found)}\n`,
  );
}

/** Records the outcome on the TraefikService. A failure is only a warning. */
async function record(call: Call, session: Session, { subject, switched }: State, outcome: Outcome): Promise<void> {
  const { found } = subject.release;
  try {
    const object = await readAgain(session.client, found, { signal: call.io.interrupted });
    if (!sameSwitch(switchIn(object, found.pair), switched)) {
      warn(call, `${resourceName(found)} was switched by another client meanwhile: the outcome is not recorded`);
      return;
    }
    await sendAnnotations(call, session, found, { [ANNOTATION.analysis]: JSON.stringify(outcome) });
  } catch (error) {
    if (call.io.interrupted.aborted) return;
    warn(call, `the outcome of the analysis was not recorded: ${describeError(error)}`);
  }
}

/** The switch of a release, as it was stored. */
function madeOf({ subject }: Analysis['prepared'][number], stored: readonly TraefikServiceRef[]): SwitchId {
  const { found } = subject.release;
  const own = stored.find((each) => resourceName(each) === resourceName(found) && each.namespace === found.namespace);
  return switchIn((own ?? found).object, found.pair);
}

function endedElsewhere(call: Call, progress: End['progress'], { subject, supersededBy }: State): number {
  const { found, to } = subject.release;
  progress.clear();
  const by = supersededBy?.by ?? 'another client';
  const what =
    supersededBy?.color === to
      ? `was switched away from ${to} and to ${to} again by ${by}: what is active now is another release, which this analysis did not look at`
      : `was switched away from ${to} by ${by}`;
  call.io.err.write(
    `error: ${resourceName(found)} ${what}, so the analysis has ended and nothing was rolled back. See: ${commandLine('history', found)}\n`,
  );
  return EXIT.error;
}
