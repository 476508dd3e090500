import { join } from 'node:path';
import { get, isObject, list, text, texts } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { COLORS } from '../objects.ts';
import { readYaml } from '../yaml.ts';

/** What the API server does with a write while no webhook answers; cases.yaml says what the words mean. */
export type Outcome = 'passes' | 'asks the webhook' | readonly string[];

export interface Shape {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
}

export interface Case {
  readonly name: string;
  /** Absent for a creation. */
  readonly before?: Shape;
  readonly after: Shape;
  readonly outcome: Outcome;
  /** traefik.containo.us has fewer fields. */
  readonly newGroupOnly: boolean;
  /** An ordinary user may not override. */
  readonly user?: string;
}

function readCase(row: Json): Case {
  const [name, before, user] = [text(get(row, 'it')), get(row, 'before'), text(get(row, 'user'))];
  const newGroupOnly = get(row, 'newGroupOnly') === true;
  if (name === null) throw new Error(`a case without a sentence: ${JSON.stringify(row)}`);
  const stored = before === undefined ? {} : { before: shapeOf(name, before) };
  const kept = isObject(before) ? before : {};
  const after = shapeOf(name, { ...kept, ...withNames(kept, get(row, 'after')) });
  return { name, ...stored, after, outcome: outcomeOf(name, row), newGroupOnly, ...(user === null ? {} : { user }) };
}

/** What a write says of the spec replaces all that was said of it before, but the names of the colors. */
function withNames(before: JsonObject, after: Json | undefined): JsonObject {
  if (!isObject(after)) return {};
  const respecified = ['weights', 'services', 'spec'].some((key) => key in after);
  return {
    ...(respecified ? { weights: null, services: null, spec: null, names: before['names'] ?? null } : {}),
    ...after,
  };
}

function shapeOf(name: string, row: Json): Shape {
  const labels = get(row, 'labels');
  return {
    spec: specOf(name, row),
    annotations: strings(get(row, 'annotations'), 'bluegreen.dev/'),
    ...(isObject(labels) ? { labels: strings(labels) } : {}),
  };
}

function specOf(name: string, row: Json): JsonObject {
  const [weights, services, spec] = [get(row, 'weights'), get(row, 'services'), get(row, 'spec')];
  const [blue, green] = [...texts(get(row, 'names')), ...COLORS];
  if (Array.isArray(weights)) {
    const names = [blue, green];
    return weighted(weights.map((weight: Json, index) => ({ name: names[index] ?? '', weight })));
  }
  if (Array.isArray(services)) return weighted(services.filter(isObject));
  if (isObject(spec)) return spec;
  throw new Error(`${name}: neither weights nor services nor a spec`);
}

function weighted(services: readonly JsonObject[]): JsonObject {
  return { weighted: { services: services.map((entry) => ({ port: 80, ...entry })) } };
}

function strings(values: unknown, prefix = ''): Readonly<Record<string, string>> {
  if (!isObject(values)) return {};
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${key}`, text(value) ?? '']));
}

function outcomeOf(name: string, row: Json): Outcome {
  const outcome = get(row, 'outcome');
  if (outcome === 'passes' || outcome === 'asks the webhook') return outcome;
  const checks = texts(get(row, 'denied'));
  if (checks.length === 0) throw new Error(`${name}: neither an outcome nor checks that deny it`);
  return checks;
}

const MANY = Array.from({ length: 2_000 }, (_, index) => ({ name: `service-${index}`, weight: 1 }));

export const CASES: readonly Case[] = [
  ...list(get(readYaml(join(import.meta.dirname, 'cases.yaml')), 'rows')).map(readCase),
  readCase({ it: 'create two thousand unrelated children', after: { services: MANY }, outcome: 'asks the webhook' }),
  readCase({ it: 'create a hundred unrelated children', after: { services: MANY.slice(0, 100) }, outcome: 'passes' }),
];
