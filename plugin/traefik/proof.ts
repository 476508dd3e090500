import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import { get, number } from '../../webhook/policy/json.ts';
import type { Client } from '../kube/client.ts';
import { objectsAt, stringAt } from '../kube/values.ts';
import type { Found } from '../traefikservices.ts';
import { proxyPath } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** How it is known that a replica has the weights. */
export type Proof = 'api' | 'metrics';

/** What was read of a replica before the switch, to compare with later. */
export interface Baseline {
  readonly reloads: number | null;
}

/** What one look at a replica says: it has the weights, it has not yet, or it cannot be asked. */
export type Look =
  | { readonly state: 'switched'; readonly proof: Proof }
  | { readonly state: 'waiting' }
  | { readonly state: 'mute' };

/** Reads the reload counter, where there is one. */
export async function readBaseline(client: Client, replica: Replica, signal: AbortSignal): Promise<Baseline> {
  const metrics = await readMetrics(client, replica, signal);
  return { reloads: metrics === null ? null : sum(metrics, 'traefik_config_reloads_total', '') };
}

/**
 * Looks whether a replica has the weights of an object, which send everything to a color and may not list the other one
 * at all: by its API; else by its metrics, where a reload after the switch
 * and a still counter of the other color have to come together.
 */
export async function lookAt(
  client: Client,
  replica: Replica,
  wanted: { readonly found: Found; readonly to: Color; readonly baseline: Baseline },
  signal: AbortSignal,
): Promise<Look> {
  const weights = await readWeights(client, replica, wanted.found, signal);
  if (weights !== null) {
    const left = otherColor(wanted.to);
    const listed = stateOf(wanted.found.object, wanted.found.pair)[left] !== null;
    const live = (weights[wanted.to] ?? 0) > 0 && weights[left] === (listed ? 0 : null);
    return live ? { state: 'switched', proof: 'api' } : { state: 'waiting' };
  }
  const metrics = await readMetrics(client, replica, signal);
  const reloads = metrics === null ? null : sum(metrics, 'traefik_config_reloads_total', '');
  if (reloads === null || wanted.baseline.reloads === null) return { state: 'mute' };
  return reloads > wanted.baseline.reloads ? { state: 'switched', proof: 'metrics' } : { state: 'waiting' };
}

/** Requests that a color has got so far, by a replica's metrics; null without metrics. */
export async function readRequests(
  client: Client,
  replica: Replica,
  { namespace, pair }: Found,
  color: Color,
  signal: AbortSignal,
): Promise<number | null> {
  const metrics = await readMetrics(client, replica, signal);
  return metrics === null
    ? null
    : sum(metrics, 'traefik_service_requests_total', `service="${namespace}-${pair[color]}-`);
}

async function readWeights(
  client: Client,
  replica: Replica,
  { namespace, name, pair }: Found,
  signal: AbortSignal,
): Promise<Record<Color, number | null> | null> {
  if (replica.apiPort === null) return null;
  const path = `/api/http/services/${encodeURIComponent(`${namespace}-${name}@kubernetescrd`)}`;
  const service = await client.find(proxyPath(replica, replica.apiPort, path), { signal }).catch(() => null);
  if (service === null || stringAt(service, 'name') === undefined) return null;
  const weightOf = (color: Color): number | null => {
    const child = objectsAt(service, 'weighted', 'services').find((each) => {
      const childName = stringAt(each, 'name') ?? '';
      return (
        childName.startsWith(`${namespace}-${pair[color]}-`) || childName.startsWith(`${namespace}-${pair[color]}@`)
      );
    });
    return child === undefined ? null : (number(get(child, 'weight')) ?? 1);
  };
  return { blue: weightOf('blue'), green: weightOf('green') };
}

/** The lines of a replica's metrics; null where they cannot be read. */
export async function readMetrics(
  client: Client,
  replica: Replica,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  if (replica.metricsPort === null) return null;
  try {
    const lines: string[] = [];
    for await (const line of client.lines(proxyPath(replica, replica.metricsPort, '/metrics'), { signal }))
      lines.push(line);
    return lines;
  } catch {
    return null;
  }
}

/** The sum of a metric's samples whose labels contain a text. */
function sum(lines: readonly string[], metric: string, labels: string): number {
  return lines
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => line.includes(labels))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
