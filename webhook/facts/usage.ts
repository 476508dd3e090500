import { ANNOTATION, governed, storedStateOf, stateOf, COLORS, GROUPS, otherColor } from '../policy/index.ts';
import type { Use, Group, Pair } from '../policy/index.ts';
import { annotation, at, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { LabelSelector } from './reader.ts';
import { selectorOf, selects } from './selector.ts';
import type { UsageReader } from './usage-reader.ts';

export interface Governed {
  readonly group: Group;
  readonly object: JsonObject;
  readonly pair: Pair;
}

/** A TraefikService, and the group that it was read from. */
export type Grouped = Pick<Governed, 'group' | 'object'>;

/** All TraefikServices of a namespace, of both groups. */
export async function traefikServicesIn(
  reader: UsageReader,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Grouped[]> {
  const found = await Promise.all(
    GROUPS.map(async (group) => {
      const objects = await reader.listTraefikServices(group, namespace, signal);
      return objects.map((object) => ({ group, object }));
    }),
  );
  return found.flat();
}

/** Those that are governed; one that is unguarded guards nothing any more. */
export function governedAmong(all: readonly Grouped[]): readonly Governed[] {
  return all.flatMap(({ group, object }) => {
    const governance = governed({ object, oldObject: object });
    const unguarded = annotation(object, ANNOTATION.unguard);
    return governance.kind === 'pair' && !unguarded ? [{ group, object, pair: governance.pair }] : [];
  });
}

/** Every use of a Service as a color. */
export function usesOfService(all: readonly Governed[], service: string): readonly Use[] {
  return all.flatMap(({ group, object, pair }) =>
    COLORS.filter((color) => pair[color] === service).map((color) => {
      const state = stateOf(object, pair);
      return {
        group,
        traefikService: text(at(object, 'metadata', 'name')) ?? '',
        color,
        service,
        other: pair[otherColor(color)],
        child: state[color],
        active: storedStateOf(object, pair).active === color,
      };
    }),
  );
}

/** Every use of those Services that select pods with these labels. */
export function usesOfPods(
  all: readonly Governed[],
  services: readonly JsonObject[],
  labels: LabelSelector,
): readonly Use[] {
  return services
    .filter((service) => selects(selectorOf(service), labels))
    .flatMap((service) => usesOfService(all, text(at(service, 'metadata', 'name')) ?? ''));
}
