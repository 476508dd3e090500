import { slowerThan } from './latency.ts';
import type { Range } from './latency.ts';
import type { PodTrouble } from './pods.ts';
import type { Rules } from './rules.ts';
import { errorsIn } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/** Traffic over a time, in milliseconds. */
export interface Measured extends Traffic {
  readonly took: number;
}

/** What the old color's customers had before the switch. */
export interface Baseline {
  readonly requests: number;
  readonly errorRate: number;
  /** Share of requests that took longer than the limit, as far as the buckets tell. */
  readonly slowRate: number;
  readonly perSecond: number;
  /** Requests a second that Traefik answered without any service. */
  readonly unservedPerSecond: number;
}

export interface Case {
  readonly rules: Rules;
  /** Null where there is none: then the limits stand as they are. */
  readonly baseline: Baseline | null;
  /** The new color's last seconds, and all since the switch. Null where Traefik could not be asked at all. */
  readonly recent: Measured | null;
  readonly whole: Measured | null;
  readonly troubles: readonly PodTrouble[];
  /** Milliseconds since the last look that succeeded. */
  readonly blindFor: number;
  readonly ended: boolean;
}

/** Too many bad requests: errors, or slow ones. */
export interface Excess {
  readonly kind: 'errors' | 'slow';
  readonly bad: number;
  readonly requests: number;
  /** Allowed share of bad requests, with what the old color had. */
  readonly limit: number;
  readonly baseline: number;
  readonly measured: Measured;
}

export type Cause = Excess | { readonly kind: 'pod'; readonly trouble: PodTrouble };

export type Doubt =
  | { readonly kind: 'few requests'; readonly requests: number }
  | { readonly kind: 'blind'; readonly for: number }
  | { readonly kind: 'no metrics' }
  | { readonly kind: 'coarse buckets'; readonly slow: Range; readonly requests: number };

/** `watching` while nothing is wrong and time is left. */
export type Verdict =
  | { readonly kind: 'watching' | 'good' }
  | { readonly kind: 'bad'; readonly causes: readonly Cause[] }
  | { readonly kind: 'unclear'; readonly doubts: readonly Doubt[] };

/** The share of requests that a p99 allows to be slower. */
const P99_SHARE = 0.01;
/** Standard deviations that rule chance out: one look in a thousand would err where a color is just at the limit. */
const CERTAINTY = 3;
/** Milliseconds without a look after which a color was not watched to the end. */
const BLIND = 15_000;
/** Below this share of the old color's traffic, customers get lost before they reach the new one. */
const LOST_SHARE = 0.1;

/**
 * Judges the new color. While the watch goes on, only what chance cannot explain counts, in the last seconds or in all;
 * at the end the plain rate of all has to be within the limit as well.
 */
export function judge(subject: Case): Verdict {
  const causes: readonly Cause[] = [
    ...subject.troubles.map((trouble): Cause => ({ kind: 'pod', trouble })),
    ...excesses(subject),
  ];
  if (causes.length > 0) return { kind: 'bad', causes };
  if (!subject.ended) return { kind: 'watching' };
  const doubts = doubtsOf(subject);
  return doubts.length > 0 ? { kind: 'unclear', doubts } : { kind: 'good' };
}

/** The limits as they are applied, the old color's shares included. */
export function limitsOf({ rules, baseline }: Pick<Case, 'rules' | 'baseline'>): {
  readonly errors: number;
  readonly slow: number;
} {
  return {
    errors: rules.maxErrorRate + (baseline?.errorRate ?? 0),
    slow: P99_SHARE + (baseline?.slowRate ?? 0),
  };
}

/** The baseline that a color's traffic makes; null with too few requests to go by. */
export function baselineOf(measured: Measured, rules: Rules): Baseline | null {
  if (measured.requests < rules.minRequests || measured.took <= 0) return null;
  const seconds = measured.took / 1000;
  const slow = rules.maxP99 === null ? null : slowerThan(measured.latency, rules.maxP99 / 1000);
  return {
    requests: measured.requests,
    errorRate: errorsIn(measured) / measured.requests,
    slowRate: slow === null ? 0 : (slow.least + slow.most) / 2 / Math.max(1, timedIn(measured)),
    perSecond: measured.requests / seconds,
    unservedPerSecond: measured.unserved / seconds,
  };
}

function excesses(subject: Case): readonly Excess[] {
  const { recent, whole, ended } = subject;
  if (recent === null || whole === null) return [];
  // The last seconds say best what is wrong now.
  const kinds = [errorExcess, slowExcess] as const;
  return kinds.flatMap(
    (find) => find(subject, recent, beyondChance) ?? find(subject, whole, ended ? plain : beyondChance) ?? [],
  );
}

type Test = (bad: number, requests: number, limit: number) => boolean;

const plain: Test = (bad, requests, limit) => bad / requests > limit;
const beyondChance: Test = (bad, requests, limit) => leastShare(bad, requests) > limit;

function errorExcess(subject: Case, measured: Measured, exceeds: Test): Excess | null {
  const lost = lostIn(subject, measured);
  const requests = measured.requests + lost;
  const bad = errorsIn(measured) + lost;
  const limit = limitsOf(subject).errors;
  if (requests < subject.rules.minRequests || !exceeds(bad, requests, limit)) return null;
  return { kind: 'errors', bad, requests, limit, baseline: subject.baseline?.errorRate ?? 0, measured };
}

function slowExcess(subject: Case, measured: Measured, exceeds: Test): Excess | null {
  const { rules, baseline } = subject;
  if (rules.maxP99 === null) return null;
  const requests = timedIn(measured);
  const bad = slowerThan(measured.latency, rules.maxP99 / 1000).least;
  const limit = limitsOf(subject).slow;
  if (requests < rules.minRequests || !exceeds(bad, requests, limit)) return null;
  return { kind: 'slow', bad, requests, limit, baseline: baseline?.slowRate ?? 0, measured };
}

/**
 * Requests that Traefik answered without any service, more than before: they say nothing about whom they were for, so
 * they count only where next to nothing comes to the new color, and no more of them than came to the old one.
 */
function lostIn({ rules, baseline }: Case, { requests, unserved, took }: Measured): number {
  if (baseline === null) return 0;
  const seconds = took / 1000;
  const expected = Math.round(baseline.perSecond * seconds);
  if (expected < rules.minRequests || requests >= expected * LOST_SHARE) return 0;
  return Math.min(expected, Math.max(0, Math.round(unserved - baseline.unservedPerSecond * seconds)));
}

function doubtsOf({ rules, baseline, whole, blindFor }: Case): readonly Doubt[] {
  if (blindFor > BLIND) return [{ kind: 'blind', for: blindFor }];
  if (whole === null) return rules.withoutMetrics ? [] : [{ kind: 'no metrics' }];
  if (whole.requests < rules.minRequests) return [{ kind: 'few requests', requests: whole.requests }];
  if (rules.maxP99 === null) return [];
  const requests = timedIn(whole);
  const slow = slowerThan(whole.latency, rules.maxP99 / 1000);
  const clear = slow.most <= limitsOf({ rules, baseline }).slow * requests;
  return clear ? [] : [{ kind: 'coarse buckets', slow, requests }];
}

/** Requests whose duration is known. */
export function timedIn({ latency }: Pick<Traffic, 'latency'>): number {
  return latency.buckets.at(-1)?.count ?? 0;
}

/** The least share of bad requests that would explain what was seen (Wilson's score interval). */
export function leastShare(bad: number, requests: number): number {
  // What nobody saw needs no explanation; rounding must not make it one.
  if (requests <= 0 || bad <= 0) return 0;
  const square = CERTAINTY * CERTAINTY;
  const share = bad / requests;
  const spread = CERTAINTY * Math.sqrt((share * (1 - share)) / requests + square / (4 * requests * requests));
  return Math.max(0, (share + square / (2 * requests) - spread) / (1 + square / requests));
}
