import { serviceFacts } from '../../webhook/facts/service.ts';
import { childrenOf, colorOf, NOTHING_NAMED, obstaclesOf } from '../../webhook/policy/index.ts';
import type { CheckId, Group, Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { LENIENT } from '../switch/settings.ts';

interface Release {
  readonly group: Group;
  readonly namespace: string;
  readonly pair: Pair;
}

/** What Traefik cannot build of an entry, by the check that says so in the cluster. */
export interface EntryFinding {
  readonly check: CheckId;
  readonly message: string;
}

/**
 * What Traefik cannot build of the colors whose Services are in the manifests: `services` are those of the namespace. What
 * an entry says by itself is found by the checks.
 */
export function lintEntries(
  object: JsonObject,
  release: Release,
  services: readonly JsonObject[],
): readonly EntryFinding[] {
  const { group, namespace, pair } = release;
  return childrenOf(object).flatMap((child) => {
    const service = services.find((each) => nameOf(each) === child.name);
    if (colorOf(pair, child.name) === null || child.kind !== 'Service' || service === undefined) return [];
    const around = { group, namespace, named: NOTHING_NAMED, settings: LENIENT };
    const known = obstaclesOf(child.entry, { ...around, backend: { service: serviceFacts(service), servers: null } });
    const alone = obstaclesOf(child.entry, { ...around, backend: null });
    const told = new Set(alone.options.map(({ cause }) => cause));
    const found = [
      ...known.backend.map((each) => ({ ...each, check: 'backends-exist' }) as const),
      ...known.options.map((each) => ({ ...each, check: 'entry-options' }) as const),
    ];
    return found
      .filter(({ cause, certain }) => certain && !told.has(cause))
      .map(({ check, cause, fix }) => ({
        check,
        message: `${cause}; Traefik would answer 404 for every color. ${fix}`,
      }));
  });
}
