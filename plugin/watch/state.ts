import { stateOf } from '../../webhook/policy/index.ts';
import type { Baseline, Case, Measured } from './judge.ts';
import { enter } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Look, Subject } from './look.ts';
import { watchPods } from './pods.ts';
import type { PodMemory, PodTrouble } from './pods.ts';
import { measuredOf } from './prepare.ts';
import type { Watch } from './prepare.ts';
import { trafficText } from './words.ts';

/** What is known of one release while it is watched. Times are in milliseconds. */
export interface State {
  readonly subject: Subject;
  readonly baseline: Baseline | null;
  readonly ledger: Ledger;
  readonly memory: PodMemory;
  readonly troubles: readonly PodTrouble[];
  readonly ready: number | null;
  /** The first look after the switch: what came before does not count. Null until then. */
  readonly since: number | null;
  /** The last look that had metrics, or that needed none. */
  readonly seenAt: number;
  /** Traefik replicas that cannot be read although they are ready, and since when; null while all can. */
  readonly unread: { readonly names: readonly string[]; readonly since: number } | null;
  /** Somebody else made another color live. */
  readonly switchedAway: boolean;
}

/** Milliseconds in which a look may fail without a word. */
const PATIENCE = 2_500;
/** Milliseconds that count as "now". */
const RECENT = 10_000;

/** A release as it is watched from now on. */
export function begin({ subject, baseline, ledger, memory }: Watch['watched'][number], began: number): State {
  return {
    subject,
    baseline,
    ledger,
    memory,
    troubles: [],
    ready: null,
    since: null,
    seenAt: began,
    unread: null,
    switchedAway: false,
  };
}

/** Takes in what one look saw. */
export function see(state: State, look: Look | undefined, { rules }: Watch): State {
  if (look === undefined) return state;
  const { at, counts, unread, pods, object } = look;
  const { found, to } = state.subject.release;
  const seen = pods === null ? { memory: state.memory, troubles: [] } : watchPods(state.memory, pods, at);
  const readable = counts.size > 0 || rules.withoutMetrics;
  return {
    ...state,
    ...seen,
    ledger: counts.size > 0 ? enter(state.ledger, at, counts) : state.ledger,
    ready: pods?.readyEndpoints ?? null,
    since: state.since ?? (counts.size > 0 ? at : null),
    seenAt: readable ? at : state.seenAt,
    unread: unread.length === 0 ? null : { names: unread, since: state.unread?.since ?? at },
    switchedAway: stateOf(object, found.pair).active !== to,
  };
}

/** What there is to judge by. */
export function caseOf(state: State, { rules }: Watch, now: number, ended: boolean): Case {
  const whole = wholeOf(state);
  const recent =
    whole === null || state.since === null ? null : measuredFrom(state, Math.max(state.since, now - RECENT));
  const { baseline, troubles, seenAt } = state;
  return { rules, baseline, recent, whole, troubles, blindFor: now - seenAt, ended };
}

/** All that the new color got since the switch; null where no metrics were read. */
export function wholeOf(state: State): Measured | null {
  return state.since === null ? null : measuredFrom(state, state.since);
}

function measuredFrom({ ledger, subject }: State, from: number): Measured {
  return measuredOf(ledger, subject.release.to, from);
}

/** What was seen so far, in one line. */
export function lineOf(state: State, watch: Watch): string {
  const { found, to } = state.subject.release;
  const name = watch.watched.length > 1 ? `${found.name} ` : '';
  const ready = state.ready === null ? '' : `, ${state.ready} ready`;
  return `${name}${to}: ${trafficText(wholeOf(state))}${ready}`;
}

/** What cannot be seen at the moment, in words that end a sentence; null where everything can. */
export function hiddenFrom(states: readonly State[], now: number): string | null {
  if (states.some(({ seenAt }) => now - seenAt > PATIENCE)) return "Traefik's metrics cannot be read";
  const mute = states.find(({ unread }) => unread !== null && now - unread.since > PATIENCE)?.unread;
  return mute ? `the metrics of ${mute.names.join(', ')} cannot be read` : null;
}
