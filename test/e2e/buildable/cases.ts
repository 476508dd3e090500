import { join } from 'node:path';
import { get, isObject, list, number, text, texts } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import * as manifests from '../../objects.ts';
import { readYaml } from '../../yaml.ts';

/** An entry, what it names, and what Traefik does with it: cases.yaml says what the keys mean. */
export interface Case {
  readonly it: string;
  /** Of its Service; its TraefikService is NAME-front. */
  readonly name: string;
  readonly entry: JsonObject;
  readonly service: JsonObject | null;
  /** Names and numbers of the ports that its endpoint has. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly built: boolean;
  /** As `built`, in Traefik 2. */
  readonly builtBefore: boolean;
  /** Whether the model is stricter than Traefik 2. */
  readonly stricter: boolean;
  readonly since: number;
}

export const ADDRESS = '192.0.2.1';

export function readCases(): readonly Case[] {
  const file: unknown = readYaml(join(import.meta.dirname, 'cases.yaml'));
  return list(get(file, 'cases')).map((each, index) => caseOf(each, `c${index}`, get(file, 'defaults')));
}

function caseOf(row: Json, name: string, defaults: Json | undefined): Case {
  const given = get(row, 'service');
  const spec = given === undefined ? defaults : given;
  const own = get(row, 'entry');
  const built = get(row, 'built') === true;
  const before = get(row, 'traefik 2');
  return {
    it: text(get(row, 'it')) ?? '',
    name,
    entry: { name, port: 80, weight: 0, ...(isObject(own) ? own : {}) },
    service: isObject(spec) ? { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec } : null,
    ports: texts(get(row, 'pods') ?? ['http']).map((each, index) => ({ name: each, port: 9000 + index })),
    built,
    builtBefore: before === undefined ? built : before !== 'drops',
    stricter: before === 'answers 503',
    since: number(get(row, 'since')) ?? 2,
  };
}

/** The endpoint of a case as Traefik 3 reads it. */
export function sliceOf({ name, ports }: Pick<Case, 'name' | 'ports'>): JsonObject {
  return manifests.endpointSlice({ name }, name, ADDRESS, ports);
}

/** The endpoint of a case as Traefik 2 reads it; none where it has no port. */
export function endpointsOf({ name, ports }: Pick<Case, 'name' | 'ports'>): readonly JsonObject[] {
  if (ports.length === 0) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name },
      subsets: [{ addresses: [{ ip: ADDRESS }], ports }],
    },
  ];
}
