import { safeChildIn } from '../../webhook/policy/index.ts';
import { quantile } from '../analysis/latency.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { labelsOf, withoutProvider } from '../traefik/labels.ts';
import { METRIC } from '../traefik/metrics.ts';
import type { Sample } from '../traefik/metrics.ts';
import type { ColorName, Rates } from './view.ts';

/** What Traefik counted for one color of one release since a replica started. */
interface Counted {
  requests: number;
  errors: number;
  seconds: number;
  /** Requests up to a limit in seconds. */
  readonly buckets: Map<number, number>;
}

/** By `ID color`. */
export type Counts = Map<string, Counted>;

/** Finds the release and the color that Traefik counts under a name, of many releases in one look. */
export interface NameIndex {
  readonly find: (service: string) => string | null;
}

/** The key of a color of a release. */
export function keyOf(id: string, color: ColorName): string {
  return `${id} ${color}`;
}

/** An index of the names of all releases. */
export function indexNames(releases: readonly { readonly id: string; readonly found: TraefikServiceRef }[]): NameIndex {
  const names = new Map<string, string>();
  const safe = new Map<string, string>();
  for (const { id, found } of releases) {
    const labels = labelsOf(found);
    for (const color of ['blue', 'green'] as const) {
      for (const name of labels.colors[color]) names.set(name, keyOf(id, color));
      safe.set(`${labels.safe.parent} ${labels.safe.services[color]}`, keyOf(id, color));
    }
  }
  return {
    find: (service) => {
      const name = withoutProvider(service);
      const known = names.get(name);
      if (known !== undefined) return known;
      const child = safeChildIn(name);
      return child === null ? null : (safe.get(`${child.parent} ${child.service}`) ?? null);
    },
  };
}

const COUNTED: ReadonlySet<string> = new Set([
  METRIC.serviceRequests,
  METRIC.serviceSecondsSum,
  METRIC.serviceSecondsBucket,
]);

/** Adds up a replica's samples by release and color. */
export function countAll(samples: readonly Sample[], index: NameIndex): Counts {
  const counts: Counts = new Map();
  for (const { metric, value, label } of samples) {
    if (!COUNTED.has(metric)) continue;
    const key = index.find(label('service'));
    if (key === null) continue;
    const counted = ofKey(counts, key);
    if (metric === METRIC.serviceRequests) {
      counted.requests += value;
      if (label('code').startsWith('5')) counted.errors += value;
    } else if (metric === METRIC.serviceSecondsSum) counted.seconds += value;
    else {
      const limit = label('le') === '+Inf' ? Infinity : Number(label('le'));
      counted.buckets.set(limit, (counted.buckets.get(limit) ?? 0) + value);
    }
  }
  return counts;
}

function ofKey(counts: Counts, key: string): Counted {
  const known = counts.get(key);
  if (known !== undefined) return known;
  const made: Counted = { requests: 0, errors: 0, seconds: 0, buckets: new Map() };
  counts.set(key, made);
  return made;
}

/** What was counted between two looks at one replica; a counter that fell began anew. */
export function difference(before: Counts, after: Counts): Counts {
  const result: Counts = new Map();
  for (const [key, now] of after) {
    const earlier = before.get(key);
    const then = earlier === undefined || now.requests < earlier.requests ? null : earlier;
    result.set(key, {
      requests: now.requests - (then?.requests ?? 0),
      errors: Math.max(0, now.errors - (then?.errors ?? 0)),
      seconds: now.seconds - (then?.seconds ?? 0),
      buckets: new Map([...now.buckets].map(([limit, count]) => [limit, count - (then?.buckets.get(limit) ?? 0)])),
    });
  }
  return result;
}

/** The sum of what several replicas counted. */
export function sum(all: readonly Counts[]): Counts {
  const result: Counts = new Map();
  for (const counts of all)
    for (const [key, counted] of counts) {
      const total = ofKey(result, key);
      total.requests += counted.requests;
      total.errors += counted.errors;
      total.seconds += counted.seconds;
      for (const [limit, count] of counted.buckets) total.buckets.set(limit, (total.buckets.get(limit) ?? 0) + count);
    }
  return result;
}

/** Rates of what was counted in so many seconds. */
export function ratesOf(counted: Counted | undefined, seconds: number): Rates {
  if (counted === undefined || counted.requests <= 0) return [0, null, null];
  const buckets = [...counted.buckets].map(([limit, count]) => ({ limit, count })).sort((a, b) => a.limit - b.limit);
  const p99 = quantile({ buckets, sum: counted.seconds }, 0.99)?.estimate ?? null;
  return [counted.requests / seconds, counted.errors / counted.requests, p99];
}
