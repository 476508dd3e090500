import { TRAEFIK_DEFAULTS } from '../../webhook/policy/index.ts';
import type { Facts } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { servesAlone } from '../traefikservice/shares.ts';
import { isRelease, labelsOf } from '../traefik/labels.ts';
import { settingOf, TRAEFIK_SETTINGS } from '../traefik/options.ts';
import { canServe } from '../traefik/scope.ts';
import { badBackends } from './backend.ts';
import type { BadBackend } from './backend.ts';
import type { Seen, SeenReplica } from './look.ts';
import { commandLine } from '../traefikservice/names.ts';
import { imagesProblem, weightsProblem } from './problem.ts';
import type { Problem } from './problem.ts';

/** What Traefik serves. */
export interface Served {
  readonly seen: Seen;
  /** Whether Traefik may not have read the last change yet. */
  readonly unread: boolean;
}

/**
 * What is wrong with production now: by what Traefik serves where its API can be read, else by what its settings and the
 * colors' endpoints make of the object.
 */
export function problemsOf(found: TraefikServiceRef, facts: Facts, served: Served): readonly Problem[] {
  const images = imagesProblem(found, facts);
  return [...problemsFrom(found, badBackends(found, facts), served), ...(images === null ? [] : [images])];
}

/** The same, where the colors that Traefik cannot use are known. */
export function problemsFrom(found: TraefikServiceRef, bad: readonly BadBackend[], served: Served): readonly Problem[] {
  const weights = weightsProblem(found);
  return [dropped(found, bad, served) ?? unserved(found, bad), ...(weights === null ? [] : [weights])].filter(
    (problem) => problem !== null,
  );
}

/** Traefik drops a TraefikService as a whole when it cannot build one of its children. */
function dropped(found: TraefikServiceRef, bad: readonly BadBackend[], { seen, unread }: Served): Problem | null {
  const broken = brokenRouter(found, seen);
  if (broken !== null) {
    const [cause] = bad;
    if (cause === undefined) return unexplained(found, broken, unread);
    return { kind: '404', text: `${cause.text}, and Traefik drops the whole TraefikService`, advice: cause.advice };
  }
  // What a replica serves is known by its API: nothing has to be concluded.
  const blind = relevant(found, seen).filter((each) => each.broken === null);
  if (blind.length === 0 && seen.replicas.length > 0) return null;
  const cause = bad.find(({ setting }) => setting === null || blind.some((each) => isDefault(each, setting)));
  if (cause === undefined) return null;
  const setting = cause.setting === 'allowEmptyServices' ? ' (allowEmptyServices=false)' : '';
  return {
    kind: '404',
    text: `${cause.text}, so Traefik drops the whole TraefikService${setting}`,
    advice: cause.advice,
  };
}

function unexplained(found: TraefikServiceRef, broken: string, unread: boolean): Problem {
  const command = commandLine('status', found);
  const reports = `Traefik reports "${broken}"`;
  return unread
    ? {
        kind: '404',
        text: `${reports}, and may not have read the last change yet`,
        advice: `To look again: ${command}`,
      }
    : { kind: '404', text: reports, advice: `To see why: ${command}` };
}

/** Whether a replica has Traefik's default of a setting, as far as its options tell. */
export function isDefault({ replica }: Pick<SeenReplica, 'replica'>, setting: BadBackend['setting']): boolean {
  const known = TRAEFIK_SETTINGS.find((each) => each === setting);
  return known !== undefined && settingOf(replica.options, known) === TRAEFIK_DEFAULTS[known];
}

function relevant(found: TraefikServiceRef, { replicas }: Seen): readonly SeenReplica[] {
  return replicas.filter(({ replica }) => canServe(replica.options, found));
}

/** Traefik's words about a router that leads to a TraefikService and could not be built. */
export function brokenRouter(found: TraefikServiceRef, { replicas }: Seen): string | null {
  const routers = replicas.flatMap(({ broken }) => broken ?? []);
  if (routers.length === 0) return null;
  const labels = labelsOf(found);
  return routers.find(({ service }) => isRelease(service, labels))?.error ?? null;
}

/** An active color without endpoints is answered for by Traefik itself. */
function unserved(found: TraefikServiceRef, bad: readonly BadBackend[]): Problem | null {
  const active = bad.find(({ color, setting }) => setting === 'allowEmptyServices' && servesAlone(found, color));
  if (active === undefined) return null;
  return { kind: '503', text: `${active.color} is active and has no ready endpoint`, advice: active.advice };
}
