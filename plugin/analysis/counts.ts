import type { Color } from '../../webhook/policy/index.ts';
import { colorIn, isRelease } from '../traefik/labels.ts';
import type { Labels } from '../traefik/labels.ts';
import { METRIC } from '../traefik/metrics.ts';
import type { Sample } from '../traefik/metrics.ts';

/** What Traefik counts about one release, by name, summed over methods and protocols. Only ever grows while a replica lives. */
export type Counts = ReadonlyMap<string, number>;

/** When the replica's process started: another value means that its counters began anew. */
export const STARTED = 'started';
/** Requests at all entry points, and those that were counted by some service. */
export const ENTERED = 'entered';
export const SERVED = 'served';

/** Answers that a router gives when there is no endpoint: an empty color, or a TraefikService that was dropped. */
const UNSERVED_CODES = ['503', '404'];

export function codeOf(color: Color, code: string): string {
  return `${color} code ${code}`;
}
export function bucketOf(color: Color, limit: string): string {
  return `${color} le ${limit}`;
}
export function secondsOf(color: Color): string {
  return `${color} seconds`;
}
export function routedOf(code: string): string {
  return `routed code ${code}`;
}
function enteredOf(code: string): string {
  return `${ENTERED} ${code}`;
}
function servedOf(code: string): string {
  return `${SERVED} ${code}`;
}

/** Adds up Traefik's samples, as far as they are about a release. */
export function readCounts(samples: readonly Sample[], labels: Labels): Counts {
  const counts = new Map<string, number>();
  function add(key: string, value: number): void {
    void counts.set(key, (counts.get(key) ?? 0) + value);
  }
  for (const { metric, value, label } of samples) {
    if (metric === METRIC.processStart) add(STARTED, value);
    else if (metric === METRIC.entryPointRequests) {
      add(ENTERED, value);
      add(enteredOf(label('code')), value);
    } else if (metric === METRIC.routerRequests) {
      if (isRelease(label('service'), labels)) add(routedOf(label('code')), value);
    } else if (metric === METRIC.serviceRequests) {
      add(SERVED, value);
      add(servedOf(label('code')), value);
      const color = colorIn(label('service'), labels);
      if (color !== null) add(codeOf(color, label('code')), value);
    } else if (metric === METRIC.serviceSecondsBucket) {
      const color = colorIn(label('service'), labels);
      if (color !== null) add(bucketOf(color, label('le')), value);
    } else if (metric === METRIC.serviceSecondsSum) {
      const color = colorIn(label('service'), labels);
      if (color !== null) add(secondsOf(color), value);
    }
  }
  return counts;
}

/** Requests that Traefik answered without asking any service, for want of one. */
export function unservedIn(counts: Counts): number {
  return UNSERVED_CODES.reduce(
    (total, code) => total + Math.max(0, (counts.get(enteredOf(code)) ?? 0) - (counts.get(servedOf(code)) ?? 0)),
    0,
  );
}
