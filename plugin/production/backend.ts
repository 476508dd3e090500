import { otherColor, previousOf, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { resourceName } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { planDetach } from '../traefikservice/patches.ts';

type Known = Facts & { readonly known: true };

/** A listed color that Traefik cannot use, and what to do about it. */
export interface BadBackend {
  readonly color: Color;
  /** `missing` without its Service or port: Traefik drops the TraefikService whatever its settings are. */
  readonly kind: 'missing' | 'empty';
  readonly text: string;
  readonly advice: string;
}

/** The listed colors that Traefik cannot use, the active one first. */
export function badBackends(found: TraefikServiceRef, facts: Facts): readonly BadBackend[] {
  if (!facts.known) return [];
  const { active } = stateOf(found.object, found.pair);
  const colors: readonly Color[] = active === null ? [] : [active, otherColor(active)];
  return colors.flatMap((color) => badBackend(found, facts, color) ?? []);
}

function badBackend(found: TraefikServiceRef, facts: Known, color: Color): BadBackend | null {
  const child = stateOf(found.object, found.pair)[color];
  const { service, readyEndpoints } = facts[color];
  if (child === null) return null;
  const advice = adviceFor(found, facts, color);
  if (service === null)
    return { color, kind: 'missing', text: `${child.name} is listed and its Service does not exist`, advice };
  const hasPort = service.ports.some(({ name, port }) => child.port === port || (name !== null && child.port === name));
  if (!hasPort && !service.external)
    return {
      color,
      kind: 'missing',
      text: `${child.name} is listed with a port that its Service does not have`,
      advice,
    };
  if (readyEndpoints > 0 || service.external) return null;
  return { color, kind: 'empty', text: `${child.name} is listed and has no ready endpoint`, advice };
}

/** The command that ends it at once: to leave the color, to take it out of the list, or to bring its pods up. */
function adviceFor(found: TraefikServiceRef, facts: Known, color: Color): string {
  const { active } = stateOf(found.object, found.pair);
  const other = otherColor(color);
  if (color !== active)
    return detachAdvice(found, color) ?? `To end it: ${commandLine('promote', found, ` --to ${other}`)}`;
  if (previousOf(found.object) === other && facts[other].readyEndpoints > 0)
    return `To end it: ${commandLine('rollback', found)}`;
  const { workload } = facts[color];
  if (workload === null || workload.replicas > 0 || workload.kind === 'DaemonSet')
    return `To see why: ${commandLine('logs', found, ` --color ${color}`)}`;
  const kind = workload.kind.toLowerCase();
  const replicas = Math.max(1, facts[other].workload?.replicas ?? 0);
  return `To end it: kubectl scale ${kind} ${workload.name} -n ${found.namespace} --replicas=${replicas}`;
}

/** The patch that takes a preview out of the list, as a command; null where it has traffic. */
export function detachAdvice(found: TraefikServiceRef, color: Color): string | null {
  const patch = planDetach(found.object, found.pair, color)?.filter(({ path }) => path.startsWith('/spec/'));
  if (patch === undefined) return null;
  const target = `${resourceName(found)} -n ${found.namespace}`;
  return `To end it: kubectl patch ${target} --type=json -p '${JSON.stringify(patch)}'`;
}
