import type { Color } from '../../webhook/policy/index.ts';
import { quantile } from './latency.ts';
import { timedIn } from './judge.ts';
import type { Baseline, FailureReason, InconclusiveReason, Excess, Measured } from './judge.ts';
import type { PodProblem } from './pods.ts';
import type { AnalysisOptions } from './options.ts';
import { errorsIn } from './traffic.ts';
import type { TrafficMeasurement } from './traffic.ts';

/** What a status code of 500 and above says about the color, as Traefik gives it. */
const MEANINGS: Readonly<Record<string, string>> = {
  500: 'the application fails',
  502: 'its pods refuse or break connections',
  503: 'it has no ready endpoint, or answers 503 itself',
  504: 'its pods do not answer in time',
};

/** A share as a percentage with one digit: `5.2%`; two where it is small. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value !== 0 && value < 0.1 ? value.toFixed(2) : value.toFixed(1)}%`;
}

/** A time for people: `800ms`, `1.2s`, `30s`, `5m`, `1m30s`. */
export function time(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.round(milliseconds / 100) / 10;
  if (seconds < 10) return `${seconds}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  return `${Math.floor(whole / 60)}m${whole % 60 === 0 ? '' : `${whole % 60}s`}`;
}

/** Why a color failed, with the figures. */
export function failureText(cause: FailureReason, from: Color, options: AnalysisOptions): string {
  if (cause.kind === 'pod') return `pods: ${podProblemText(cause.problem)}`;
  return cause.kind === 'errors' ? errorsText(cause, from) : slowText(cause, from, options);
}

function errorsText({ bad, requests, measured, ...excess }: Excess, from: Color): string {
  const kinds = [...measured.codes]
    .filter(([code]) => code.startsWith('5'))
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${count} × ${code}${MEANINGS[code] === undefined ? '' : ` (${MEANINGS[code]})`}`);
  const lost = bad - errorsIn(measured);
  const all =
    lost > 0
      ? [...kinds, `${lost} × 404 or 503 by Traefik itself (the color has no endpoints, or is not listed)`]
      : kinds;
  return `errors: ${bad} of ${requests} requests failed within ${time(measured.took)} (${percent(bad / requests)}; ${allowed(excess, from)}): ${all.join(', ')}`;
}

function slowText({ bad, requests, measured, ...excess }: Excess, from: Color, options: AnalysisOptions): string {
  return (
    `latency: at least ${bad} of ${requests} requests within ${time(measured.took)} took longer than ${time(options.maxP99 ?? 0)} ` +
    `(${percent(bad / requests)}; ${allowed(excess, from)}): ${latencyText(measured)}`
  );
}

function allowed({ limit, baseline }: Pick<Excess, 'limit' | 'baseline'>, from: Color): string {
  const before = baseline > 0 ? `, including the ${percent(baseline)} that ${from} had before the switch` : '';
  return `at most ${percent(limit)} allowed${before}`;
}

/** What the histogram says: `p99 about 1.2s (between 300ms and 1.2s), 810ms on average`. */
function latencyText(traffic: Pick<TrafficMeasurement, 'latency'>): string {
  const p99 = quantile(traffic.latency, 0.99);
  const timed = timedIn(traffic);
  if (p99 === null || timed === 0) return 'no latency is known';
  const mean = time((traffic.latency.sum / timed) * 1000);
  if (p99.most === Infinity) return `p99 above ${time(p99.least * 1000)}, ${mean} on average`;
  if (p99.least === 0) return `p99 below ${time(p99.most * 1000)}, ${mean} on average`;
  return `p99 about ${time(p99.estimate * 1000)} (between ${time(p99.least * 1000)} and ${time(p99.most * 1000)}), ${mean} on average`;
}

function podProblemText(problem: PodProblem): string {
  if (problem.kind === 'no endpoint') return 'no endpoint is ready, so requests get 503';
  if (problem.kind === 'unready') return `${problem.pod} has not been ready for ${time(problem.for)}`;
  const again =
    problem.restarts === 0 ? '' : `, ${problem.restarts} restart${problem.restarts === 1 ? '' : 's'} since the switch`;
  return `${problem.pod} crashed: ${problem.end}${again}`;
}

/** Why an analysis is inconclusive. */
export function inconclusiveText(reason: InconclusiveReason, options: AnalysisOptions): string {
  if (reason.kind === 'few requests' && reason.requests === 0 && reason.elsewhere > 0)
    return `Traefik counted ${reason.elsewhere} requests for other services and none for this one: no route leads to it, or nobody asked for it, or this Traefik counts it under a name that this plugin does not know`;
  if (reason.kind === 'few requests')
    return `only ${reason.requests} requests were counted, of the ${options.minRequests} that are needed (--min-requests)`;
  if (reason.kind === 'no metrics') return "Traefik's metrics could not be read";
  if (reason.kind === 'no data') return `data was missing for the last ${time(reason.for)}`;
  const { slow, requests } = reason;
  return (
    `between ${slow.least} and ${slow.most} of ${requests} requests took longer than ${time(options.maxP99 ?? 0)}: Traefik's latency ` +
    `buckets are too coarse. Add a bucket with that limit: --metrics.prometheus.buckets`
  );
}

/** What a color got, in one line. */
export function trafficText(measured: Measured | null): string {
  if (measured === null) return 'no metrics';
  const perSecond = measured.took > 0 ? ` (${(measured.requests / (measured.took / 1000)).toFixed(1)}/s)` : '';
  if (measured.requests === 0) return 'no requests';
  const errors = percent(errorsIn(measured) / measured.requests);
  const latency = timedIn(measured) === 0 ? '' : `, ${latencyText(measured)}`;
  return `${measured.requests} requests${perSecond}, errors ${errors}${latency}`;
}

/** What the old color had, and how it is used. */
export function baselineText(baseline: Baseline | null, from: Color, options: AnalysisOptions): string {
  if (baseline === null) return `${from} had too few requests for a baseline: the limits apply without one`;
  const slow = options.maxP99 === null ? '' : `, ${percent(baseline.slowRate)} slower than ${time(options.maxP99)}`;
  return `${from} had ${baseline.requests} requests, ${percent(baseline.errorRate)} errors${slow}: the limits are raised by that`;
}
