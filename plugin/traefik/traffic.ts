import type { Color } from '../../webhook/policy/index.ts';
import type { Client } from '../kube/client.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { colorIn, labelsOf } from './labels.ts';
import type { Labels } from './labels.ts';
import { METRIC, readSamples, sumOf } from './metrics.ts';
import type { Sample } from './metrics.ts';
import type { Replica } from './replicas.ts';

/** Requests that a color got, as counted by Traefik. */
export interface Traffic {
  readonly perSecond: number;
  /** Share of answers with 500 and above, 0 to 1; null without requests. */
  readonly errorRate: number | null;
}

interface Counters {
  readonly total: number;
  readonly errors: number;
}

interface Observation {
  readonly at: number;
  readonly colors: Readonly<Record<Color, Counters>>;
}

/** Turns Traefik's counters into rates: every call compares with the one before. The first one knows no rate. */
export function createTrafficMeter(
  client: Pick<Client, 'lines'>,
  replicas: readonly Replica[],
  found: TraefikServiceRef,
  now: () => number,
): (signal: AbortSignal) => Promise<Readonly<Record<Color, Traffic>> | null> {
  const labels = labelsOf(found);
  let last: Observation | null = null;
  return async (signal) => {
    const read = await Promise.all(replicas.map((replica) => readSamples(client, replica, signal)));
    if (read.every((each) => each === null)) return null;
    const samples = read.flatMap((each) => each ?? []);
    const observation: Observation = {
      at: now(),
      colors: { blue: count(samples, labels, 'blue'), green: count(samples, labels, 'green') },
    };
    const before = last;
    last = observation;
    if (before === null) return null;
    return { blue: rate(before, observation, 'blue'), green: rate(before, observation, 'green') };
  };
}

function count(samples: readonly Sample[], labels: Labels, color: Color): Counters {
  const requests = samples.filter(
    ({ metric, label }) => metric === METRIC.serviceRequests && colorIn(label('service'), labels) === color,
  );
  const failed = requests.filter(({ label }) => /^5\d\d$/.test(label('code')));
  return { total: sumOf(requests), errors: sumOf(failed) };
}

function rate(before: Observation, after: Observation, color: Color): Traffic {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  // A replica that restarted counts from zero again.
  const total = Math.max(0, after.colors[color].total - before.colors[color].total);
  const errors = Math.max(0, after.colors[color].errors - before.colors[color].errors);
  return { perSecond: total / seconds, errorRate: total === 0 ? null : errors / total };
}
