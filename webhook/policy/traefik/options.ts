import { get, list, text } from '../../../common/json.ts';
import type { Json } from '../../../common/json.ts';
import type { Group } from '../types.ts';
import { isDuration } from './durations.ts';
import { obstacle, suspicion } from './obstacle.ts';
import type { Obstacle } from './obstacle.ts';
import { PROTOCOLS } from './ports.ts';
import { referenceOf } from './reference.ts';

/**
 * What is wrong with an entry by itself, whatever Service it names: values that Traefik takes from nobody (buildServersLB
 * and parseServiceProtocol, traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go). A scheme counts only where
 * there are endpoints: an empty color would take the site down when its pods become ready.
 */
export function optionObstacles(entry: Json, group: Group): readonly Obstacle[] {
  const { name } = referenceOf(entry);
  return [
    ...badScheme(name, schemeOf(entry)),
    ...badStrategy(name, text(get(entry, 'strategy')) ?? '', group),
    ...badFlushInterval(name, entry, group),
    ...badDurations(name, 'passiveHealthCheck', entry, ['failureWindow']),
  ];
}

/** Empty where the entry leaves it to the port. */
export function schemeOf(entry: Json): string {
  return text(get(entry, 'scheme')) ?? '';
}

function badScheme(name: string, scheme: string): readonly Obstacle[] {
  if (scheme === '' || PROTOCOLS.some((known) => known === scheme)) return [];
  return [
    obstacle({
      reason: 'an unknown scheme',
      cause: `${name} has scheme ${scheme}, which Traefik does not know`,
      fix: 'Write http, https or h2c, or leave it out',
    }),
  ];
}

const STRATEGIES: ReadonlySet<string> = new Set(['wrr', 'p2c', 'hrw', 'leasttime', 'RoundRobin']);

/** Traefik 2.11 and 3.0 to 3.3 know RoundRobin only (loadServers of these versions). */
function badStrategy(name: string, strategy: string, group: Group): readonly Obstacle[] {
  if (strategy === '' || strategy === 'RoundRobin') return [];
  const reason = 'an unknown strategy';
  const has = `${name} has strategy ${strategy}`;
  if (group === 'traefik.containo.us' || !STRATEGIES.has(strategy))
    return [obstacle({ reason, cause: `${has}, which Traefik does not know`, fix: 'Leave it out for round robin' })];
  const cause = `${has}: Traefik before 3.4 does not know it and answers 404 for every color`;
  return [suspicion({ reason, cause, fix: 'Leave it out for such a Traefik' })];
}

/** Traefik 2 reads the duration of `responseForwarding: {}`, too, and fails (buildProxy, v2 pkg/server/service/proxy.go). */
function badFlushInterval(name: string, entry: Json, group: Group): readonly Obstacle[] {
  const forwarding = get(entry, 'responseForwarding');
  const interval = get(forwarding, 'flushInterval') ?? '';
  if (forwarding === undefined || forwarding === null || isDuration(interval)) return [];
  if (interval !== '') return [noDuration(name, 'responseForwarding.flushInterval', interval)];
  const reason = 'a flushInterval is left out';
  const has = `${name} has responseForwarding without flushInterval`;
  const fix = 'Write flushInterval: 100ms, or remove responseForwarding';
  if (group === 'traefik.containo.us') return [obstacle({ reason, cause: `${has}, which Traefik 2 cannot read`, fix })];
  const cause = `${has}: Traefik 2 cannot read it and answers 404 for every color`;
  return [suspicion({ reason, cause, fix })];
}

/** Fields of `within` that are there and are no durations. */
export function badDurations(
  name: string,
  within: string,
  entry: Json,
  fields: readonly string[],
): readonly Obstacle[] {
  return fields.flatMap((field) => {
    const value = get(get(entry, within), field) ?? null;
    return value === null || isDuration(value) ? [] : [noDuration(name, `${within}.${field}`, value)];
  });
}

function noDuration(name: string, field: string, value: Json): Obstacle {
  return obstacle({
    reason: 'no duration',
    cause: `${name} has ${field}: ${JSON.stringify(value)}, which is no duration`,
    fix: 'Write one such as 100ms or 5s',
  });
}

/** The Middlewares of an entry (Traefik 3.7), as they are written. */
export function middlewaresOf(entry: Json): readonly Json[] {
  return list(get(entry, 'middlewares'));
}
