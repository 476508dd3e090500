import type { Baseline, Evidence, Measured } from './judge.ts';
import { enter } from './counter-history.ts';
import type { CounterHistory } from './counter-history.ts';
import type { Observation, Subject } from './observe.ts';
import { comparePods } from './pods.ts';
import type { PodMemory, PodProblem } from './pods.ts';
import { sameSwitch, switchIn } from '../traefikservice/switch-id.ts';
import type { SwitchId } from '../traefikservice/switch-id.ts';
import { measuredOf } from './prepare.ts';
import type { Analysis } from './prepare.ts';
import { trafficText } from './text.ts';

/** What is known of one release during its analysis. Times are in milliseconds. */
export interface State {
  readonly subject: Subject;
  readonly baseline: Baseline | null;
  readonly history: CounterHistory;
  readonly memory: PodMemory;
  readonly podProblems: readonly PodProblem[];
  readonly ready: number | null;
  /** The first observation after the switch: what came before does not count. Null until then. */
  readonly since: number | null;
  /** The last observation that had metrics, or that needed none. */
  readonly observedAt: number;
  /** Traefik replicas that cannot be read although they are ready, and since when; null while all can. */
  readonly unread: { readonly names: readonly string[]; readonly since: number } | null;
  /** The switch that is analyzed: nothing that came after another one is judged or rolled back. */
  readonly switched: SwitchId;
  /** Another switch that was seen since; null while there is none. */
  readonly supersededBy: SwitchId | null;
}

/** Milliseconds in which a failed observation is not reported. */
const PATIENCE = 2_500;
/** Milliseconds that count as "now". */
const RECENT = 10_000;

/** The state at the beginning of the analysis. */
export function begin(
  { subject, baseline, history, memory }: Analysis['prepared'][number],
  switched: SwitchId,
  began: number,
): State {
  return {
    switched,
    supersededBy: null,
    subject,
    baseline,
    history,
    memory,
    podProblems: [],
    ready: null,
    since: null,
    observedAt: began,
    unread: null,
  };
}

/** Takes in what one observation saw. */
export function see(state: State, observation: Observation | undefined, { options }: Analysis): State {
  if (observation === undefined) return state;
  const { at, counts, unread, pods, object } = observation;
  const now = switchIn(object, state.subject.release.found.pair);
  const seen = pods === null ? { memory: state.memory, podProblems: [] } : comparePods(state.memory, pods, at);
  const readable = counts.size > 0 || options.withoutMetrics;
  return {
    ...state,
    ...seen,
    history: counts.size > 0 ? enter(state.history, at, counts) : state.history,
    ready: pods?.readyEndpoints ?? null,
    since: state.since ?? (counts.size > 0 ? at : null),
    observedAt: readable ? at : state.observedAt,
    unread: unread.length === 0 ? null : { names: unread, since: state.unread?.since ?? at },
    supersededBy: sameSwitch(now, state.switched) ? null : now,
  };
}

/** What there is to judge by. */
export function evidenceOf(state: State, { options }: Analysis, now: number, ended: boolean): Evidence {
  const whole = wholeOf(state);
  const recent =
    whole === null || state.since === null ? null : measuredFrom(state, Math.max(state.since, now - RECENT));
  const { baseline, podProblems, observedAt, unread } = state;
  const noDataFor = now - Math.min(observedAt, options.withoutMetrics ? now : (unread?.since ?? now));
  return { options, baseline, recent, whole, podProblems, noDataFor, ended };
}

/** All that the new color got since the switch; null where no metrics were read. */
export function wholeOf(state: State): Measured | null {
  return state.since === null ? null : measuredFrom(state, state.since);
}

function measuredFrom({ history, subject }: State, from: number): Measured {
  return measuredOf(history, subject.release.to, from);
}

/** What was seen so far, in one line. */
export function lineOf(state: State, analysis: Analysis): string {
  const { found, to } = state.subject.release;
  const name = analysis.prepared.length > 1 ? `${found.name} ` : '';
  const ready = state.ready === null ? '' : `, ${state.ready} ready`;
  return `${name}${to}: ${trafficText(wholeOf(state))}${ready}`;
}

/** What cannot be seen at the moment, in words that end a sentence; null where everything can. */
export function missingData(states: readonly State[], now: number): string | null {
  if (states.some(({ observedAt }) => now - observedAt > PATIENCE)) return "Traefik's metrics cannot be read";
  const mute = states.find(({ unread }) => unread !== null && now - unread.since > PATIENCE)?.unread;
  return mute ? `the metrics of ${mute.names.join(', ')} cannot be read` : null;
}
