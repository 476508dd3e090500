import type { Color } from '../../webhook/policy/index.ts';
import type { Client } from '../kube/client.ts';
import type { Found } from '../traefikservice/find.ts';
import { readMetrics } from './proof.ts';
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

type Sample = { readonly at: number; readonly colors: Readonly<Record<Color, Counters>> };

/** Turns Traefik's counters into rates: every call compares with the one before. The first one knows no rate. */
export function createTrafficMeter(
  client: Client,
  replicas: readonly Replica[],
  found: Found,
  now: () => number,
): (signal: AbortSignal) => Promise<Readonly<Record<Color, Traffic>> | null> {
  let last: Sample | null = null;
  return async (signal) => {
    const texts = await Promise.all(replicas.map((replica) => readMetrics(client, replica, signal)));
    const lines = texts.flatMap((text) => text ?? []);
    if (lines.length === 0) return null;
    const sample: Sample = {
      at: now(),
      colors: { blue: count(lines, found, 'blue'), green: count(lines, found, 'green') },
    };
    const before = last;
    last = sample;
    if (before === null) return null;
    return { blue: rate(before, sample, 'blue'), green: rate(before, sample, 'green') };
  };
}

function count(lines: readonly string[], { namespace, pair }: Found, color: Color): Counters {
  const service = `service="${namespace}-${pair[color]}-`;
  let total = 0;
  let errors = 0;
  for (const line of lines) {
    if (!line.startsWith('traefik_service_requests_total{') || !line.includes(service)) continue;
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    total += value;
    if (/code="5\d\d"/.test(line)) errors += value;
  }
  return { total, errors };
}

function rate(before: Sample, after: Sample, color: Color): Traffic {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  // A replica that restarted counts from zero again.
  const total = Math.max(0, after.colors[color].total - before.colors[color].total);
  const errors = Math.max(0, after.colors[color].errors - before.colors[color].errors);
  return { perSecond: total / seconds, errorRate: total === 0 ? null : errors / total };
}
