import { join } from 'node:path';
import { at, get, isObject, list, number, text, texts } from '../../../common/json.ts';
import { serviceFacts } from '../../../webhook/facts/service.ts';
import { governed, GROUPS, neighborOf, NO_NEIGHBORS } from '../../../webhook/policy/index.ts';
import type {
  Change,
  ColorFacts,
  Facts,
  Group,
  Named,
  Neighbors,
  Permission,
  Permissions,
  Revision,
  Settings,
  TraefikSettings,
} from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { expand, expandAll, namesIn, objectsOf, readCase } from './case.ts';
import type { Shared } from './case.ts';

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

/** `cluster` says how the cluster differs from the one of states.yaml. */
const KEYS = 'about before apply patch by serverSideApply settings permissions cluster denied warned stored';
const STATES = readCase(
  join(import.meta.dirname, 'states.yaml'),
  'cluster promotion rollback unrecorded untested tested promoted',
);

/** The files of a check, by verdict; none for a folder that is not there. */
export function filesOf(check: string, verdict: string): readonly string[] {
  const folder = join(FIXTURES, check, verdict);
  return namesIn(join(FIXTURES, check)).includes(verdict) ? namesIn(folder).map((name) => join(folder, name)) : [];
}

const shared: Shared = (name) => {
  const state = STATES[name];
  if (!isObject(state)) throw new Error(`states.yaml has no ${name}`);
  return state;
};

export function readFixture(file: string): Fixture {
  const source = readCase(file, KEYS);
  const cluster = expand({ from: 'cluster', ...expand(source['cluster'], shared) }, shared);
  const stored = get(source, 'stored');
  const change = changeOf(source);
  const weights = get(stored, 'weights');
  const annotations = get(stored, 'annotations');
  return {
    about: text(source['about']) ?? '',
    change,
    facts: factsOf(cluster),
    neighbors: neighborsOf(cluster, change),
    settings: {
      ...traefikSettings(source['settings']),
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

/** As lenient as Traefik can be, but for those that a case names. */
function traefikSettings(given: unknown): TraefikSettings {
  return {
    allowEmptyServices: get(given, 'allowEmptyServices') !== false,
    allowExternalNameServices: get(given, 'allowExternalNameServices') !== false,
    allowCrossNamespace: get(given, 'allowCrossNamespace') !== false,
    nativeLBByDefault: get(given, 'nativeLBByDefault') === true,
    crossProviders: texts(get(given, 'crossProviders') ?? ['*']),
    crossProviderNamespaces: texts(get(given, 'crossProviderNamespaces')),
    ingressClass: '',
    labelSelector: '',
    watchedNamespaces: texts(get(given, 'watchedNamespaces')),
  };
}

const ANSWERS: readonly Permission[] = ['granted', 'denied', 'unknown'];

function permission(value: unknown): Permission {
  return ANSWERS.find((known) => known === value) ?? 'not asked';
}

function changeOf(source: JsonObject): Change {
  const { before, requested } = objectsOf(source, shared);
  if (requested === null) throw new Error('nothing to apply');
  return {
    operation: before === null ? 'CREATE' : 'UPDATE',
    group: groupOf(requested),
    namespace: text(at(requested, 'metadata', 'namespace')) ?? '',
    name: text(at(requested, 'metadata', 'name')) ?? '',
    object: requested,
    oldObject: before,
    user: text(source['by']) ?? 'ada',
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
  const [blue, green] = [colorOf('blue', get(cluster, 'blue')), colorOf('green', get(cluster, 'green'))];
  return { known: true, blue, green, named: namedOf(cluster), samePods: text(get(cluster, 'samePods')) };
}

/** `serversTransports` and `middlewares`: names in the namespace; `unreadable` where they cannot be read. */
function namedOf(cluster: unknown): Named {
  const [transports, middlewares] = [get(cluster, 'serversTransports'), get(cluster, 'middlewares')];
  return { ServersTransport: namesOrNull(transports), Middleware: namesOrNull(middlewares) };
}

function namesOrNull(value: unknown): readonly string[] | null {
  return value === 'unreadable' ? null : texts(value);
}

/** `traefikServices`: the other ones of the namespace. */
function neighborsOf(cluster: unknown, change: Change): Neighbors {
  const unreachable = text(get(cluster, 'unreachable'));
  const governance = governed(change);
  if (unreachable !== null && list(get(cluster, 'traefikServices')).length > 0)
    return { known: false, reason: unreachable };
  if (governance.kind !== 'pair') return NO_NEIGHBORS;
  const those = expandAll(get(cluster, 'traefikServices'), shared).map((object) =>
    neighborOf(object, groupOf(object), governance.pair, new Set()),
  );
  return { known: true, those: those.filter((neighbor) => neighbor !== null) };
}

const NOTHING: ColorFacts = { service: null, readyEndpoints: 0, servers: {}, revisions: [], workload: null };

/**
 * `{revision, images, ready}`; `revisions` for several; `template` where the workload's images are others; `unsettled`
 * with its reason; `selector: none` for endpoints kept by hand; `service` for a Service's own spec; `servers` for what
 * its EndpointSlices have. A color that is left out has no Service.
 */
function colorOf(name: string, look: unknown): ColorFacts {
  if (!isObject(look)) return NOTHING;
  const ready = number(look['ready']) ?? 0;
  const hasSelector = look['selector'] !== 'none';
  const one = text(look['revision']) === null ? [] : [look];
  const revisions = [...one, ...list(look['revisions'])].map(revisionOf);
  const images = texts(look['template'] ?? look['images']);
  const spec = { ports: [{ name: 'http', port: 80 }], selector: hasSelector ? { color: name } : {} };
  return {
    service: serviceFacts({ spec: { ...spec, ...expand(look['service'], shared) } }),
    readyEndpoints: ready,
    servers: serversOf(look['servers'], ready),
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

/** By the names of the ports. */
function serversOf(given: unknown, ready: number): Readonly<Record<string, number>> {
  if (!isObject(given)) return { http: ready };
  return Object.fromEntries(Object.entries(given).map(([port, count]) => [port, number(count) ?? 0]));
}

function revisionOf(look: unknown): Revision {
  const images = texts(get(look, 'images'));
  return {
    name: text(get(look, 'revision')) ?? '',
    images,
    imageIDs: texts(get(look, 'imageIDs')),
  };
}
