import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import { get, number } from '../../common/json.ts';
import type { Client } from '../kube/client.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Found } from '../traefikservice/find.ts';
import type { Counted } from './counted.ts';
import { proxyPath } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** What one look at a replica says: its API that it has the weights, or not yet; its metrics; or nothing at all. */
export type Look =
  | { readonly state: 'switched' | 'waiting' | 'mute' }
  | { readonly state: 'counted'; readonly counted: Counted };

/** Configurations that a replica has loaded, where it counts them. */
export async function readReloads(client: Client, replica: Replica, signal: AbortSignal): Promise<number | null> {
  const metrics = await readMetrics(client, replica, signal);
  return metrics === null ? null : reloadsIn(metrics);
}

/**
 * Looks whether a replica has the weights of an object, which send everything to a color and may not list the other one
 * at all: by its API, else by its counters.
 */
export async function lookAt(
  client: Client,
  replica: Replica,
  { found, to, now }: { readonly found: Found; readonly to: Color; readonly now: () => number },
  signal: AbortSignal,
): Promise<Look> {
  const weights = await readWeights(client, replica, found, signal);
  if (weights !== null) {
    const left = otherColor(to);
    const live = (weights[to] ?? 0) > 0 && weights[left] === (isListed(found, left) ? 0 : null);
    return { state: live ? 'switched' : 'waiting' };
  }
  const metrics = await readMetrics(client, replica, signal);
  if (metrics === null) return { state: 'mute' };
  const requests = { blue: requestsIn(metrics, found, 'blue'), green: requestsIn(metrics, found, 'green') };
  return { state: 'counted', counted: { at: now(), reloads: reloadsIn(metrics), requests } };
}

/** Whether a TraefikService lists a color, with any weight. */
export function isListed({ object, pair }: Found, color: Color): boolean {
  return stateOf(object, pair)[color] !== null;
}

const reloadsIn = (metrics: readonly string[]): number => sum(metrics, 'traefik_config_reloads_total', '');

const requestsIn = (metrics: readonly string[], { namespace, pair }: Found, color: Color): number =>
  sum(metrics, 'traefik_service_requests_total', `service="${namespace}-${pair[color]}-`);

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
