import { otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import { get, number } from '../../common/json.ts';
import type { Client } from '../kube/client.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { Counted } from './counted.ts';
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

/** A port may follow the name, and so may the rest of a longer name: counting too much only delays a proof. */
function requestsIn(samples: readonly Sample[], { namespace, pair }: TraefikServiceRef, color: Color): number {
  const service = `${namespace}-${pair[color]}-`;
  return sumOf(
    samples.filter(({ metric, label }) => metric === METRIC.serviceRequests && label('service').startsWith(service)),
  );
}

async function readWeights(
  client: Client,
  replica: Replica,
  { namespace, name, pair }: TraefikServiceRef,
  signal: AbortSignal,
): Promise<Record<Color, number | null> | null> {
  if (replica.apiPort === null) return null;
  const path = `/api/http/services/${encodeURIComponent(`${namespace}-${name}@kubernetescrd`)}`;
  const service = await client.getOrNull(proxyPath(replica, replica.apiPort, path), { signal }).catch(() => null);
  if (service === null || stringAt(service, 'name') === undefined) return null;
  function weightOf(color: Color): number | null {
    const child = objectsAt(service, 'weighted', 'services').find((each) => {
      const childName = stringAt(each, 'name') ?? '';
      return (
        childName.startsWith(`${namespace}-${pair[color]}-`) || childName.startsWith(`${namespace}-${pair[color]}@`)
      );
    });
    return child === undefined ? null : (number(get(child, 'weight')) ?? 1);
  }
  return { blue: weightOf('blue'), green: weightOf('green') };
}
