import type { Client } from '../kube/client.ts';
import { proxyPath } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** What Traefik counts. */
export const METRIC = {
  serviceRequests: 'traefik_service_requests_total',
  serviceSecondsBucket: 'traefik_service_request_duration_seconds_bucket',
  serviceSecondsSum: 'traefik_service_request_duration_seconds_sum',
  routerRequests: 'traefik_router_requests_total',
  entryPointRequests: 'traefik_entrypoint_requests_total',
  reloads: 'traefik_config_reloads_total',
  processStart: 'process_start_time_seconds',
} as const;
export type Metric = (typeof METRIC)[keyof typeof METRIC];

/** One line of Prometheus' text format. */
export interface Sample {
  readonly metric: Metric;
  readonly value: number;
  /** The value of a label; empty without it. */
  readonly label: (name: string) => string;
}

const METRICS: ReadonlyMap<string, Metric> = new Map(Object.values(METRIC).map((metric) => [metric, metric]));
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of the metrics above, of lines in Prometheus' text format; other lines and values like NaN are left out. */
export function samplesIn(lines: readonly string[]): readonly Sample[] {
  return lines.flatMap((line) => {
    const metric = METRICS.get(line.slice(0, line.search(/[{ ]|$/)));
    if (metric === undefined) return [];
    const end = line.lastIndexOf('}');
    const labels = line.slice(metric.length, end + 1);
    // A time may follow the value.
    const [value = ''] = line
      .slice(end < 0 ? metric.length : end + 1)
      .trim()
      .split(/\s+/);
    const amount = value === '' ? NaN : Number(value);
    return Number.isFinite(amount) ? [{ metric, value: amount, label: (name) => labelIn(labels, name) }] : [];
  });
}

function labelIn(labels: string, wanted: string): string {
  for (const [, name, value = ''] of labels.matchAll(LABEL)) {
    if (name === wanted) return value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return '';
}

/** The sum of the values. */
export function sumOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0);
}

/** The samples of a replica's metrics; null where they cannot be read. */
export async function readSamples(
  client: Pick<Client, 'lines'>,
  replica: Replica,
  signal: AbortSignal,
): Promise<readonly Sample[] | null> {
  if (replica.metricsPort === null) return null;
  try {
    const lines: string[] = [];
    for await (const line of client.lines(proxyPath(replica, replica.metricsPort, '/metrics'), { signal }))
      lines.push(line);
    return samplesIn(lines);
  } catch {
    return null;
  }
}
