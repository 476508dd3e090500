import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdmissionRequest } from '../../../../webhook/admission/types.ts';
import { at, get, text, texts } from '../../../../common/json.ts';
import type { Json, JsonObject } from '../../../../common/json.ts';
import type { TraefikSettings } from '../../../../webhook/policy/index.ts';
import { parseObjects } from '../../../yaml.ts';
import { expandAll, objectsOf, readCase } from '../case.ts';
import type { Shared } from '../case.ts';

/** A case in YAML: what somebody does to an object in a cluster, and what the guards have to say. */
export interface GuardCase {
  readonly about: string;
  readonly request: AdmissionRequest;
  readonly cluster: readonly JsonObject[];
  /** Traefik's own defaults, unless the case has others. */
  readonly settings: TraefikSettings;
  /** Users who have the verb override. */
  readonly overriders: readonly string[];
  /** Full messages, as a user reads them. */
  readonly denied: readonly string[];
  readonly warned: readonly string[];
}

const KEYS = 'about resource before apply patch cluster settings overriders denied warned';

/** What every case has in its cluster, and what some add. */
const COMMON = objectsIn('cluster.yaml');
const OTHERS = objectsIn('others.yaml');

/** Objects by kind and name: `Service/shop-blue`. */
const shared: Shared = (name) => {
  const found = [...COMMON, ...OTHERS].find((object) => identity(object) === name);
  if (found === undefined) throw new Error(`neither cluster.yaml nor others.yaml has ${name}`);
  return found;
};

export function readGuardCase(file: string): GuardCase {
  const source = readCase(file, KEYS);
  return {
    about: text(source['about']) ?? '',
    request: requestOf(source),
    cluster: clusterWith(expandAll(source['cluster'], shared)),
    settings: settingsOf(get(source, 'settings')),
    overriders: texts(source['overriders']),
    denied: texts(source['denied']),
    warned: texts(source['warned']),
  };
}

function settingsOf(given: Json | undefined): TraefikSettings {
  return {
    allowEmptyServices: get(given, 'allowEmptyServices') === true,
    allowExternalNameServices: get(given, 'allowExternalNameServices') === true,
    allowCrossNamespace: get(given, 'allowCrossNamespace') === true,
    nativeLBByDefault: get(given, 'nativeLBByDefault') === true,
    crossProviders: texts(get(given, 'crossProviders')),
    crossProviderNamespaces: texts(get(given, 'crossProviderNamespaces')),
    ingressClass: text(get(given, 'ingressClass')) ?? '',
    labelSelector: text(get(given, 'labelSelector')) ?? '',
    watchedNamespaces: texts(get(given, 'watchedNamespaces')),
  };
}

function requestOf(source: JsonObject): AdmissionRequest {
  const [resource = '', subResource = ''] = (text(source['resource']) ?? '').split('/');
  const { before: oldObject, requested: object } = objectsOf(source, shared);
  const named = object ?? oldObject;
  const apiVersion = text(get(named, 'apiVersion')) ?? '';
  return {
    uid: 'u1',
    operation: operationOf(object, oldObject),
    group: groupOf(resource, subResource, apiVersion),
    version: apiVersion.split('/').at(-1) ?? '',
    resource,
    subResource,
    namespace: 'demo',
    name: text(at(named, 'metadata', 'name')) ?? '',
    user: { name: 'bob', uid: '', groups: [], extra: {} },
    object,
    oldObject,
    options: null,
    dryRun: false,
  };
}

/** A Scale is of another group than what it scales. */
function groupOf(resource: string, subResource: string, apiVersion: string): string {
  if (subResource === 'scale') return resource === 'rollouts' ? 'argoproj.io' : 'apps';
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function operationOf(object: JsonObject | null, oldObject: JsonObject | null): AdmissionRequest['operation'] {
  if (object === null) return 'DELETE';
  return oldObject === null ? 'CREATE' : 'UPDATE';
}

/** The common cluster, with objects of the case in place of those of the same kind and name. */
function clusterWith(own: readonly JsonObject[]): readonly JsonObject[] {
  const replaced = new Set(own.map(identity));
  return [...COMMON.filter((object) => !replaced.has(identity(object))), ...own];
}

function identity(object: JsonObject): string {
  return `${text(object['kind'])}/${text(at(object, 'metadata', 'name'))}`;
}

function objectsIn(file: string): readonly JsonObject[] {
  return parseObjects(readFileSync(join(import.meta.dirname, file), 'utf8'));
}
