import { slowerThan } from './latency.ts';
import type { Range } from './latency.ts';
import type { PodProblem } from './pods.ts';
import type { AnalysisOptions } from './options.ts';
import { errorsIn } from './traffic.ts';
import type { TrafficMeasurement } from './traffic.ts';

/** Traffic over a time, in milliseconds. */
export interface Measured extends TrafficMeasurement {
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

export interface Evidence {
  readonly options: AnalysisOptions;
  /** Null where there is none: then the limits stand as they are. */
  readonly baseline: Baseline | null;
  /** The new color's last seconds, and all since the switch. Null where Traefik could not be asked at all. */
  readonly recent: Measured | null;
  readonly whole: Measured | null;
  readonly podProblems: readonly PodProblem[];
  /** Milliseconds since the last observation that saw everything. */
  readonly noDataFor: number;
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

export type FailureReason = Excess | { readonly kind: 'pod'; readonly problem: PodProblem };

export type InconclusiveReason =
  /** `elsewhere`: requests that Traefik counted for other services in that time. */
  | { readonly kind: 'few requests'; readonly requests: number; readonly elsewhere: number }
  | { readonly kind: 'no data'; readonly for: number }
  | { readonly kind: 'no metrics' }
  | { readonly kind: 'coarse buckets'; readonly slow: Range; readonly requests: number };

/** Whether an analysis did not see its end: whatever it saw before, that is no ground for a success. */
export function isBlind(verdict: Verdict): boolean {
  return (
    verdict.phase === 'Inconclusive' && verdict.reasons.some(({ kind }) => kind === 'no data' || kind === 'no metrics')
  );
}

/** The phases of an AnalysisRun of Argo Rollouts; `Running` while no limit is exceeded and time is left. */
export type Verdict =
  | { readonly phase: 'Running' | 'Successful' }
  | { readonly phase: 'Failed'; readonly reasons: readonly FailureReason[] }
  | { readonly phase: 'Inconclusive'; readonly reasons: readonly InconclusiveReason[] };

/** The share of requests that a p99 allows to be slower. */
const P99_SHARE = 0.01;
/** Standard deviations that rule chance out: one observation in a thousand would err where a color is just at the limit. */
const CERTAINTY = 3;
/** Milliseconds without an observation after which the analysis is not complete. */
const NO_DATA_MS = 15_000;
/** Below this share of the old color's traffic, customers get lost before they reach the new one. */
const LOST_SHARE = 0.1;

/**
 * Judges the new color. While the analysis is running, only what chance cannot explain counts, in the last seconds or in
 * all; at the end the plain rate of all has to be within the limit as well.
 */
export function judge(subject: Evidence): Verdict {
  const failures: readonly FailureReason[] = [
    ...subject.podProblems.map((problem): FailureReason => ({ kind: 'pod', problem })),
    ...excesses(subject),
  ];
  if (failures.length > 0) return { phase: 'Failed', reasons: failures };
  if (!subject.ended) return { phase: 'Running' };
  const inconclusive = inconclusiveReasonsOf(subject);
  return inconclusive.length > 0 ? { phase: 'Inconclusive', reasons: inconclusive } : { phase: 'Successful' };
}

/** The limits as they are applied, the old color's shares included. */
export function limitsOf({ options, baseline }: Pick<Evidence, 'options' | 'baseline'>): {
  readonly errors: number;
  readonly slow: number;
} {
  return {
    errors: options.maxErrorRate + (baseline?.errorRate ?? 0),
    slow: P99_SHARE + (baseline?.slowRate ?? 0),
  };
}

/** The baseline that a color's traffic makes; null with too few requests to go by. */
export function baselineOf(measured: Measured, options: AnalysisOptions): Baseline | null {
  if (measured.requests < options.minRequests || measured.took <= 0) return null;
  const seconds = measured.took / 1000;
  const slow = options.maxP99 === null ? null : slowerThan(measured.latency, options.maxP99 / 1000);
  return {
    requests: measured.requests,
    errorRate: errorsIn(measured) / measured.requests,
    slowRate: slow === null ? 0 : (slow.least + slow.most) / 2 / Math.max(1, timedIn(measured)),
    perSecond: measured.requests / seconds,
    unservedPerSecond: measured.unserved / seconds,
  };
}

function excesses(subject: Evidence): readonly Excess[] {
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

function errorExcess(subject: Evidence, measured: Measured, exceeds: Test): Excess | null {
  const lost = lostIn(subject, measured);
  const requests = measured.requests + lost;
  const bad = errorsIn(measured) + lost;
  const limit = limitsOf(subject).errors;
  if (requests < subject.options.minRequests || !exceeds(bad, requests, limit)) return null;
  return { kind: 'errors', bad, requests, limit, baseline: subject.baseline?.errorRate ?? 0, measured };
}

function slowExcess(subject: Evidence, measured: Measured, exceeds: Test): Excess | null {
  const { options, baseline } = subject;
  if (options.maxP99 === null) return null;
  const requests = timedIn(measured);
  const bad = slowerThan(measured.latency, options.maxP99 / 1000).least;
  const limit = limitsOf(subject).slow;
  if (requests < options.minRequests || !exceeds(bad, requests, limit)) return null;
  return { kind: 'slow', bad, requests, limit, baseline: baseline?.slowRate ?? 0, measured };
}

/**
 * Requests that Traefik answered without any service, more than before: they say nothing about whom they were for, so
 * they count only where next to nothing comes to the new color, and no more of them than came to the old one.
 */
function lostIn({ options, baseline }: Evidence, { requests, unserved, took }: Measured): number {
  if (baseline === null) return 0;
  const seconds = took / 1000;
  const expected = Math.round(baseline.perSecond * seconds);
  if (expected < options.minRequests || requests >= expected * LOST_SHARE) return 0;
  return Math.min(expected, Math.max(0, Math.round(unserved - baseline.unservedPerSecond * seconds)));
}

function inconclusiveReasonsOf({ options, baseline, whole, noDataFor }: Evidence): readonly InconclusiveReason[] {
  if (noDataFor > NO_DATA_MS) return [{ kind: 'no data', for: noDataFor }];
  if (whole === null) return options.withoutMetrics ? [] : [{ kind: 'no metrics' }];
  if (whole.requests < options.minRequests)
    return [{ kind: 'few requests', requests: whole.requests, elsewhere: Math.max(0, whole.served - whole.requests) }];
  if (options.maxP99 === null) return [];
  const requests = timedIn(whole);
  const slow = slowerThan(whole.latency, options.maxP99 / 1000);
  const clear = slow.most <= limitsOf({ options, baseline }).slow * requests;
  return clear ? [] : [{ kind: 'coarse buckets', slow, requests }];
}

/** Requests whose duration is known. */
export function timedIn({ latency }: Pick<TrafficMeasurement, 'latency'>): number {
  return latency.buckets.at(-1)?.count ?? 0;
}

/** The least share of bad requests that would explain what was seen (Wilson's score interval). */
export function leastShare(bad: number, requests: number): number {
  // Without bad requests there is nothing to explain; rounding must not change that.
  if (requests <= 0 || bad <= 0) return 0;
  const square = CERTAINTY * CERTAINTY;
  const share = bad / requests;
  const spread = CERTAINTY * Math.sqrt((share * (1 - share)) / requests + square / (4 * requests * requests));
  return Math.max(0, (share + square / (2 * requests) - spread) / (1 + square / requests));
}
