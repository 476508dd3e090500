import {
  NO_ENDPOINT,
  obstaclesOf,
  otherColor,
  previousOf,
  stateOf,
  TRAEFIK_DEFAULTS,
} from '../../webhook/policy/index.ts';
import type { Color, Facts, Obstacle } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { resourceName } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { planDetach } from '../traefikservice/patches.ts';

type Known = Facts & { readonly known: true };

/** A listed color that Traefik cannot use, and what to do about it. */
export interface BadBackend {
  readonly color: Color;
  readonly text: string;
  /** The setting of Traefik by which it drops the TraefikService; null where it does with every setting. */
  readonly setting: Obstacle['setting'];
  readonly advice: string;
}

/** The listed colors that a Traefik of default settings cannot use, the active one first, each with its first reason. */
export function badBackends(found: TraefikServiceRef, facts: Facts): readonly BadBackend[] {
  if (!facts.known) return [];
  const { active } = stateOf(found.object, found.pair);
  const colors: readonly Color[] = active === null ? [] : [active, otherColor(active)];
  return colors.flatMap((color) => badBackend(found, facts, color) ?? []);
}

function badBackend(found: TraefikServiceRef, facts: Known, color: Color): BadBackend | null {
  const child = stateOf(found.object, found.pair)[color];
  if (child === null) return null;
  const { group, namespace } = found;
  const { backend, options } = obstaclesOf(child.entry, {
    group,
    namespace,
    backend: facts[color],
    named: facts.named,
    settings: TRAEFIK_DEFAULTS,
  });
  const certain = [...backend, ...options].filter((each) => each.certain);
  const [first] = [...certain.filter(({ setting }) => setting === null), ...certain];
  if (first === undefined) return null;
  return { color, text: textOf(first, child.name), setting: first.setting, advice: adviceFor(found, facts, color) };
}

function textOf({ cause, reason }: Obstacle, name: string): string {
  return reason === NO_ENDPOINT ? `${name} is listed and has no ready endpoint` : cause;
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
