import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { at, get, isObject, list, number, text, texts } from '../../../common/json.ts';
import { governed, GROUPS, neighborOf, NO_NEIGHBORS } from '../../../webhook/policy/index.ts';
import type {
  Change,
  ColorFacts,
  Facts,
  Group,
  Neighbors,
  Permission,
  Permissions,
  Revision,
  Settings,
} from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { readYaml } from '../../yaml.ts';

/** A case in YAML: what somebody applies, what the cluster looks like, and what the policy has to say. */
export interface Fixture {
  readonly about: string;
  readonly change: Change;
  readonly facts: Facts;
  readonly neighbors: Neighbors;
  readonly settings: Settings;
  readonly permissions: Permissions;
  /** Full messages, as a user reads them. */
  readonly denied: readonly string[];
  readonly warned: readonly string[];
  /** What the stored object says: weights by Service, annotations by full name (JSON ones as YAML; null: not there). */
  readonly stored: { readonly weights: JsonObject | null; readonly annotations: JsonObject };
}

export const FIXTURES = join(import.meta.dirname, 'fixtures');
export const VERDICTS = ['pass', 'fail'] as const;

const KEYS = new Set(
  'about before apply by serverSideApply settings permissions cluster denied warned stored'.split(' '),
);

/** The files of a check, by verdict; none for a folder that is not there. */
export function filesOf(check: string, verdict: string): readonly string[] {
  const folder = join(FIXTURES, check, verdict);
  return namesIn(join(FIXTURES, check)).includes(verdict) ? namesIn(folder).map((name) => join(folder, name)) : [];
}

export function namesIn(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}

export function readFixture(file: string): Fixture {
  const source: unknown = readYaml(file);
  if (!isObject(source)) throw new Error(`${file}: not an object`);
  const stray = Object.keys(source).filter((key) => !KEYS.has(key));
  if (stray.length > 0) throw new Error(`${file}: what is ${stray.join(', ')}?`);
  const stored = get(source, 'stored');
  const change = changeOf(source);
  const weights = get(stored, 'weights');
  const annotations = get(stored, 'annotations');
  return {
    about: text(source['about']) ?? '',
    change,
    facts: factsOf(get(source, 'cluster')),
    neighbors: neighborsOf(get(source, 'cluster'), change),
    settings: {
      allowEmptyServices: at(source, 'settings', 'allowEmptyServices') !== false,
      requireFullCapacity: at(source, 'settings', 'requireFullCapacity') === true,
      requirePromoteVerb: at(source, 'settings', 'requirePromoteVerb') === true,
    },
    permissions: {
      promote: permission(at(source, 'permissions', 'promote')),
      override: permission(at(source, 'permissions', 'override')),
    },
    denied: texts(source['denied']),
    warned: texts(source['warned']),
    stored: { weights: isObject(weights) ? weights : null, annotations: isObject(annotations) ? annotations : {} },
  };
}

const ANSWERS: readonly Permission[] = ['granted', 'denied', 'unknown'];

function permission(value: unknown): Permission {
  return ANSWERS.find((known) => known === value) ?? 'not asked';
}

function changeOf(source: JsonObject): Change {
  const { before, apply } = source;
  if (!isObject(apply)) throw new Error('nothing to apply');
  return {
    operation: isObject(before) ? 'UPDATE' : 'CREATE',
    group: groupOf(apply),
    namespace: text(at(apply, 'metadata', 'namespace')) ?? '',
    name: text(at(apply, 'metadata', 'name')) ?? '',
    object: apply,
    oldObject: isObject(before) ? before : null,
    user: text(source['by']) ?? '',
    serverSideApply: source['serverSideApply'] === true,
  };
}

function groupOf(object: JsonObject): Group {
  const apiGroup = text(object['apiVersion'])?.split('/')[0];
  const group = GROUPS.find((known) => known === apiGroup);
  if (group === undefined) throw new Error(`group ${apiGroup}`);
  return group;
}

function factsOf(cluster: unknown): Facts {
  const unreachable = text(get(cluster, 'unreachable'));
  if (unreachable !== null) return { known: false, reason: unreachable };
  return { known: true, blue: colorOf('blue', get(cluster, 'blue')), green: colorOf('green', get(cluster, 'green')) };
}

/** `traefikServices`: the other ones of the namespace. */
function neighborsOf(cluster: unknown, change: Change): Neighbors {
  const unreachable = text(get(cluster, 'unreachable'));
  const governance = governed(change);
  if (unreachable !== null && list(get(cluster, 'traefikServices')).length > 0)
    return { known: false, reason: unreachable };
  if (governance.kind !== 'pair') return NO_NEIGHBORS;
  const those = list(get(cluster, 'traefikServices'))
    .filter(isObject)
    .map((object) => neighborOf(object, groupOf(object), governance.pair));
  return { known: true, those: those.filter((neighbor) => neighbor !== null) };
}

const NOTHING: ColorFacts = { service: null, readyEndpoints: 0, revisions: [], workload: null };

/**
 * `{revision, images, ready}`; `revisions` for several; `template` where the workload's images are others; `unsettled`
 * with its reason; `selector: none` for endpoints kept by hand. A color that is left out has no Service.
 */
function colorOf(name: string, look: unknown): ColorFacts {
  if (!isObject(look)) return NOTHING;
  const ready = number(look['ready']) ?? 0;
  const hasSelector = look['selector'] !== 'none';
  const one = text(look['revision']) === null ? [] : [look];
  const revisions = [...one, ...list(look['revisions'])].map(revisionOf);
  const images = texts(look['template'] ?? look['images']);
  return {
    service: { ports: [{ name: 'http', port: 80 }], hasSelector, external: false },
    readyEndpoints: ready,
    revisions: hasSelector ? revisions : [],
    workload: hasSelector
      ? {
          kind: 'Deployment',
          name,
          images,
          replicas: number(look['replicas']) ?? ready,
          unsettled: text(look['unsettled']),
        }
      : null,
  };
}

function revisionOf(look: unknown): Revision {
  const images = texts(get(look, 'images'));
  return {
    name: text(get(look, 'revision')) ?? '',
    images,
    imageIDs: texts(get(look, 'imageIDs')),
  };
}
