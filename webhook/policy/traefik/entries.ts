import { at, get, list, text } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';

/** How a TraefikService divides requests. */
export type Strategy = 'weighted' | 'mirroring' | 'highestRandomWeight' | 'failover';

/** The entries of a TraefikService that Traefik reads, each as it is written. */
export interface Entries {
  /** Null for an object of which Traefik makes nothing. */
  readonly strategy: Strategy | null;
  readonly entries: readonly Json[];
}

/**
 * The entries of the one strategy that counts: of several the first of weighted, mirroring, highestRandomWeight (3.6),
 * failover (3.7), even where its list is empty (buildTraefikService, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes_http.go).
 */
export function entriesOf(object: JsonObject | null): Entries {
  const spec = at(object, 'spec');
  const weighted = get(spec, 'weighted');
  if (present(weighted)) return { strategy: 'weighted', entries: list(get(weighted, 'services')) };
  const mirroring = get(spec, 'mirroring');
  if (present(mirroring)) return { strategy: 'mirroring', entries: [mirroring, ...list(get(mirroring, 'mirrors'))] };
  const random = get(spec, 'highestRandomWeight');
  if (present(random)) return { strategy: 'highestRandomWeight', entries: list(get(random, 'services')) };
  const failover = get(spec, 'failover');
  if (present(failover))
    return { strategy: 'failover', entries: [get(failover, 'service'), get(failover, 'fallback')].filter(present) };
  return { strategy: null, entries: [] };
}

/** Every entry of an object, also of the strategies that do not count: they would, once the one before them is gone. */
export function allEntriesOf(object: JsonObject | null): readonly Json[] {
  const spec = at(object, 'spec');
  return [...list(at(spec, 'weighted', 'services')), ...otherEntriesOf(object)];
}

/** Whether the strategy is `weighted`: Traefik reads none of the others beside it. */
export function isWeighted(object: JsonObject | null): boolean {
  return entriesOf(object).strategy === 'weighted';
}

/** The entries of all strategies but `weighted`: they reach a Service whatever its weight is. */
export function otherEntriesOf(object: JsonObject | null): readonly Json[] {
  const spec = at(object, 'spec');
  return [
    at(spec, 'mirroring'),
    ...list(at(spec, 'mirroring', 'mirrors')),
    ...list(at(spec, 'highestRandomWeight', 'services')),
    at(spec, 'failover', 'service'),
    at(spec, 'failover', 'fallback'),
  ]
    .filter((entry) => text(get(entry, 'name')) !== null)
    .filter(present);
}

function present(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}
