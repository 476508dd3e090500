import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdmissionRequest } from '../../../../webhook/admission/types.ts';
import { at, get, isObject, list, text, texts } from '../../../../common/json.ts';
import type { JsonObject } from '../../../../common/json.ts';
import { parseObjects, readYaml } from '../../../yaml.ts';

/** A case in YAML: what somebody does to an object in a cluster, and what the guards have to say. */
export interface GuardCase {
  readonly about: string;
  readonly request: AdmissionRequest;
  readonly cluster: readonly JsonObject[];
  readonly allowEmptyServices: boolean;
  /** Users who have the verb override. */
  readonly overriders: readonly string[];
  /** Full messages, as a user reads them. */
  readonly denied: readonly string[];
  readonly warned: readonly string[];
}

export const VERDICTS = ['pass', 'fail'] as const;
const KEYS = new Set('about resource before apply cluster settings overriders denied warned'.split(' '));

export function namesIn(...path: readonly string[]): readonly string[] {
  return readdirSync(join(import.meta.dirname, ...path)).sort();
}

export function readCase(...path: readonly string[]): GuardCase {
  const file = join(import.meta.dirname, ...path);
  const source: unknown = readYaml(file);
  if (!isObject(source)) throw new Error(`${file}: not an object`);
  const stray = Object.keys(source).filter((key) => !KEYS.has(key));
  if (stray.length > 0) throw new Error(`${file}: what is ${stray.join(', ')}?`);
  return {
    about: text(source['about']) ?? '',
    request: requestOf(source),
    cluster: clusterWith(list(source['cluster']).filter(isObject)),
    allowEmptyServices: at(source, 'settings', 'allowEmptyServices') === true,
    overriders: texts(source['overriders']),
    denied: texts(source['denied']),
    warned: texts(source['warned']),
  };
}

function requestOf(source: JsonObject): AdmissionRequest {
  const [resource = '', subResource = ''] = (text(source['resource']) ?? '').split('/');
  const [object, oldObject] = [objectAt(source, 'apply'), objectAt(source, 'before')];
  const named = object ?? oldObject;
  const apiVersion = text(get(named, 'apiVersion')) ?? '';
  return {
    uid: 'u1',
    operation: operationOf(object, oldObject),
    group: resource === 'services' ? '' : subResource === 'scale' ? 'apps' : (apiVersion.split('/')[0] ?? ''),
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

function operationOf(object: JsonObject | null, oldObject: JsonObject | null): AdmissionRequest['operation'] {
  if (object === null) return 'DELETE';
  return oldObject === null ? 'CREATE' : 'UPDATE';
}

function objectAt(source: JsonObject, key: string): JsonObject | null {
  const value = source[key];
  return isObject(value) ? value : null;
}

/** The common cluster, with objects of the case in place of those of the same kind and name. */
function clusterWith(own: readonly JsonObject[]): readonly JsonObject[] {
  const common = parseObjects(readFileSync(join(import.meta.dirname, 'cluster.yaml'), 'utf8'));
  const replaced = new Set(own.map(identity));
  return [...common.filter((object) => !replaced.has(identity(object))), ...own];
}

function identity(object: JsonObject): string {
  return `${text(object['kind'])}/${text(at(object, 'metadata', 'name'))}`;
}
