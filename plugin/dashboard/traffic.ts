import type { Client } from '../kube/client.ts';
import { describeError } from '../kube/errors.ts';
import { readBrokenRouters } from '../traefik/routers.ts';
import { readSamples } from '../traefik/metrics.ts';
import { findReplicas } from '../traefik/replicas.ts';
import type { Replica } from '../traefik/replicas.ts';
import { UNSEEN } from '../production/look.ts';
import type { Seen } from '../production/look.ts';
import { countAll, difference, keyOf, ratesOf, sum } from './counters.ts';
import type { Counts, NameIndex } from './counters.ts';
import type { TrafficPoint } from './view.ts';

/** What one look at Traefik found. */
export interface Look {
  readonly at: number;
  readonly seen: Seen;
  /** Why there are no rates; null where there are. */
  readonly noTraffic: string | null;
  /** The rates of a release since the look before; null at the first. */
  readonly rates: ((id: string) => Omit<TrafficPoint, 'at'>) | null;
}

/** Milliseconds for one look. */
const DEADLINE = 2500;
/** Looks between two searches for Traefik's pods. */
const SEARCH = 5;
/** Replicas whose broken routers are read: all have the same configuration. */
const MOST = 3;

/** Looks at all Traefik replicas, once a call. Never rejects. `given` is the value of --traefik. */
export function createTraefikLook(
  client: Pick<Client, 'list' | 'lines'>,
  given: string | undefined,
  now: () => number,
): (index: NameIndex, signal: AbortSignal) => Promise<Look> {
  let replicas: readonly Replica[] = [];
  let looks = 0;
  let before: { readonly at: number; readonly counts: ReadonlyMap<string, Counts> } | null = null;
  /** Why there are none; null where there are. */
  async function search(signal: AbortSignal): Promise<string | null> {
    if (looks++ % SEARCH !== 0 && replicas.length > 0) return null;
    try {
      replicas = await findReplicas(client, given, signal);
      return replicas.length === 0 ? 'no ready Traefik pod was found (--traefik)' : null;
    } catch (error) {
      replicas = [];
      return `Traefik's pods could not be listed: ${describeError(error)}`;
    }
  }
  async function count(index: NameIndex, signal: AbortSignal): Promise<ReadonlyMap<string, Counts>> {
    const read = await Promise.all(
      replicas.map(async (replica) => [replica.name, await readSamples(client, replica, signal)] as const),
    );
    return new Map(read.flatMap(([name, samples]) => (samples === null ? [] : [[name, countAll(samples, index)]])));
  }
  return async (index, interrupted) => {
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(DEADLINE)]);
    const notRead = await search(signal);
    if (notRead !== null) return { at: now(), seen: { ...UNSEEN, notRead }, noTraffic: notRead, rates: null };
    const [counts, looked] = await Promise.all([
      count(index, signal),
      Promise.all(
        replicas
          .slice(0, MOST)
          .map(async (replica) => ({ replica, broken: await readBrokenRouters(client, replica, signal) })),
      ),
    ]);
    const at = now();
    const seen = { replicas: looked, notRead: null };
    const last = before;
    before = counts.size === 0 ? null : { at, counts };
    // A replica that cannot be read may be gone.
    if (counts.size === 0) looks = 0;
    const noTraffic =
      counts.size > 0 ? null : "Traefik's metrics cannot be read: does a port of its container have the name metrics?";
    if (last === null || counts.size === 0) return { at, seen, noTraffic, rates: null };
    const seconds = Math.max(0.001, (at - last.at) / 1000);
    const changes = sum([...counts].flatMap(([name, newest]) => changeOf(last.counts.get(name), newest)));
    return {
      at,
      seen,
      noTraffic,
      rates: (id) => ({
        blue: ratesOf(changes.get(keyOf(id, 'blue')), seconds),
        green: ratesOf(changes.get(keyOf(id, 'green')), seconds),
      }),
    };
  };
}

/** A replica that is seen for the first time only becomes known. */
function changeOf(before: Counts | undefined, after: Counts): readonly Counts[] {
  return before === undefined ? [] : [difference(before, after)];
}
