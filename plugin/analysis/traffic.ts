import type { Color } from '../../webhook/policy/index.ts';
import { bucketOf, codeOf, routedOf, secondsOf, SERVED, unservedIn } from './counts.ts';
import type { Counts } from './counts.ts';
import type { Latency } from './latency.ts';

/** What a color's customers got in a stretch of time. */
export interface TrafficMeasurement {
  readonly requests: number;
  /** Requests by status code. */
  readonly codes: ReadonlyMap<string, number>;
  /** Requests that Traefik answered itself (404, 503) without any service, whoever they were for. */
  readonly unserved: number;
  /** Requests that Traefik counted for any service. */
  readonly served: number;
  /** Where requests and codes were counted: at the routers, which see an empty color, or at the color's Service. */
  readonly by: 'router' | 'service';
  readonly latency: Latency;
}

/** Reads the traffic of a color. What the routers of a release count belongs to its active color. */
export function trafficOf(counts: Counts, color: Color): TrafficMeasurement {
  const routed = [...counts.keys()].some((key) => key.startsWith(routedOf('')));
  const codes = codesIn(counts, routed ? routedOf('') : codeOf(color, ''));
  return {
    requests: total(codes),
    codes,
    unserved: unservedIn(counts),
    served: counts.get(SERVED) ?? 0,
    by: routed ? 'router' : 'service',
    latency: latencyIn(counts, color),
  };
}

/** Answers of 500 and above. */
export function errorsIn({ codes }: Pick<TrafficMeasurement, 'codes'>): number {
  return total(new Map([...codes].filter(([code]) => code.startsWith('5'))));
}

function codesIn(counts: Counts, prefix: string): ReadonlyMap<string, number> {
  const found = [...counts].filter(([key, value]) => key.startsWith(prefix) && value > 0);
  return new Map(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

function latencyIn(counts: Counts, color: Color): Latency {
  const prefix = bucketOf(color, '');
  const buckets = [...counts]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, count]) => ({ limit: limitOf(key.slice(prefix.length)), count }))
    .sort((a, b) => a.limit - b.limit);
  return { buckets, sum: counts.get(secondsOf(color)) ?? 0 };
}

function limitOf(text: string): number {
  return text === '+Inf' ? Infinity : Number(text);
}

function total(codes: ReadonlyMap<string, number>): number {
  return [...codes.values()].reduce((sum, value) => sum + value, 0);
}
