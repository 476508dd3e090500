import { objectKey, otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import { get, number } from '../../common/json.ts';
import type { Client } from '../kube/client.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { Counted } from './counted.ts';
import { colorIn, labelsOf, PROVIDER_SUFFIX } from './labels.ts';
import { METRIC, readSamples, sumOf } from './metrics.ts';
import type { Sample } from './metrics.ts';
import { proxyPath } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** What one look at a replica says: its API that it has the weights, or not yet; its metrics; or nothing at all. */
export type ReplicaState =
  | { readonly state: 'switched' | 'waiting' | 'mute' }
  | { readonly state: 'counted'; readonly counted: Counted };

/** Configurations that a replica has loaded, where it counts them. */
export async function readReloads(client: Client, replica: Replica, signal: AbortSignal): Promise<number | null> {
  const samples = await readSamples(client, replica, signal);
  return samples === null ? null : reloadsIn(samples);
}

/**
 * Looks whether a replica has the weights of an object, which send everything to a color and may not list the other one
 * at all: by its API, else by its counters.
 */
export async function lookAt(
  client: Client,
  replica: Replica,
  { found, to, now }: { readonly found: TraefikServiceRef; readonly to: Color; readonly now: () => number },
  signal: AbortSignal,
): Promise<ReplicaState> {
  const weights = await readWeights(client, replica, found, signal);
  if (weights !== null) {
    const left = otherColor(to);
    const live = (weights[to] ?? 0) > 0 && weights[left] === (isListed(found, left) ? 0 : null);
    return { state: live ? 'switched' : 'waiting' };
  }
  const samples = await readSamples(client, replica, signal);
  if (samples === null) return { state: 'mute' };
  const requests = { blue: requestsIn(samples, found, 'blue'), green: requestsIn(samples, found, 'green') };
  return { state: 'counted', counted: { at: now(), reloads: reloadsIn(samples), requests } };
}

/** Whether a TraefikService lists a color, with any weight. */
export function isListed({ object, pair }: TraefikServiceRef, color: Color): boolean {
  return stateOf(object, pair)[color] !== null;
}

function reloadsIn(samples: readonly Sample[]): number {
  return sumOf(samples.filter(({ metric }) => metric === METRIC.reloads));
}

/** Requests at every port of a color: counting those of a longer name, too, only delays a proof. */
function requestsIn(samples: readonly Sample[], found: TraefikServiceRef, color: Color): number {
  return sumOf(
    samples.filter(({ metric, label }) => metric === METRIC.serviceRequests && isOf(label('service'), found, color)),
  );
}

function isOf(service: string, found: TraefikServiceRef, color: Color): boolean {
  return colorIn(service, labelsOf(found)) === color || service.startsWith(`${colorKey(found, color)}-`);
}

function colorKey({ namespace, pair }: TraefikServiceRef, color: Color): string {
  return objectKey(namespace, pair[color]);
}

async function readWeights(
  client: Client,
  replica: Replica,
  found: TraefikServiceRef,
  signal: AbortSignal,
): Promise<Record<Color, number | null> | null> {
  const port = replica.apiPort;
  if (port === null) return null;
  // One of the two naming schemes has it.
  const answers = await Promise.all(
    labelsOf(found).release.map((key) => {
      const path = `/api/http/services/${encodeURIComponent(`${key}${PROVIDER_SUFFIX}`)}`;
      return client.getOrNull(proxyPath(replica, port, path), { signal }).catch(() => null);
    }),
  );
  const service = answers.find((answer) => stringAt(answer, 'name') !== undefined) ?? null;
  if (service === null) return null;
  function weightOf(color: Color): number | null {
    const child = objectsAt(service, 'weighted', 'services').find((each) =>
      isOf(stringAt(each, 'name') ?? '', found, color),
    );
    return child === undefined ? null : (number(get(child, 'weight')) ?? 1);
  }
  return { blue: weightOf('blue'), green: weightOf('green') };
}
