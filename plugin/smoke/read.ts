import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';

import { get, list, number, text, texts, isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { UserError } from '../kube/errors.ts';
import { messageOf } from '../../common/errors.ts';
import { parseDuration } from '../../common/duration.ts';
import { objectAt, objectsAt } from '../../common/json-paths.ts';
import { readObjects } from '../kube/manifests.ts';
import type { LintObject } from '../kube/manifests.ts';
import { printJsonpath } from '../printers/jsonpath.ts';
import { TIMEOUT } from './check.ts';
import type { Check } from './check.ts';
import schema from './smoke.schema.json' with { type: 'json' };

/** The JSON schema of smoke.yaml, as text. */
export const SCHEMA_TEXT = `${JSON.stringify(schema, null, 2)}\n`;

/** Reads a smoke.yaml. Throws a UserError with every problem and its line. */
export function readChecks(file: string, source: string): readonly Check[] {
  const { objects, broken } = readObjects(file, source);
  const [problem] = broken;
  if (problem !== undefined) throw new UserError(`${place(file, problem.position.line)}: ${problem.message}`);
  const [document] = objects;
  if (document === undefined || objects.length > 1) {
    throw new UserError(`${file} is not a list of checks: it is to hold one document with "checks:"`);
  }
  const problems = validate(document);
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  const defaults = objectAt(document.object, 'defaults');
  const checks = objectsAt(document.object, 'checks').map((entry) => complete(entry, defaults));
  for (const [index, check] of checks.entries()) tryOut(document, check, index);
  return checks;
}

function place(file: string, line: number): string {
  return `${file}:${line}`;
}

function validate(document: LintObject): readonly string[] {
  const check = new Ajv({ allErrors: true, strict: false, verbose: true }).compile(schema);
  if (check(document.object)) return [];
  const errors = (check.errors ?? []).filter(({ keyword }) => keyword !== 'anyOf');
  // Of several forms that a value could have, the first is what most people mean.
  const first = errors.filter((error, index) => {
    const other = errors.findIndex(({ instancePath }) => instancePath === error.instancePath);
    return OF_FIELDS.has(error.keyword) || other === index;
  });
  return first.map((error) => problemOf(document, error));
}

/** Findings about fields of a value, of which there may be many. */
const OF_FIELDS = new Set(['additionalProperties', 'required']);

function problemOf(document: LintObject, error: ErrorObject): string {
  const path = error.instancePath.split('/').slice(1);
  const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const where = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  const what = wordsOf(error);
  const unknown = text(get(error.params, 'additionalProperty'));
  const { line } = document.locate(unknown === null ? steps : [...steps, unknown]);
  return `${place(document.file, line)}: ${where === '' ? '' : `${where.replace(/^\./, '')}: `}${what}`;
}

function wordsOf({ keyword, params, parentSchema, message = 'is not right' }: ErrorObject): string {
  const given: unknown = params;
  if (keyword === 'additionalProperties') return `unknown field "${text(get(given, 'additionalProperty')) ?? ''}"`;
  if (keyword === 'required') return `the field "${text(get(given, 'missingProperty')) ?? ''}" is missing`;
  if (keyword === 'enum') return `must be one of ${texts(get(given, 'allowedValues')).join(', ')}`;
  const form: unknown = parentSchema?.['description'];
  if (keyword === 'pattern' && typeof form === 'string')
    return `is not ${form.charAt(0).toLowerCase()}${form.slice(1)}`;
  if (keyword === 'propertyNames') return 'has a name that no header can have';
  return message;
}

/** The given fields, then the defaults, then what is written nowhere. */
function complete(entry: JsonObject, defaults: JsonObject): Check {
  function field(name: string): Json | undefined {
    return entry[name] ?? defaults[name];
  }
  const method = text(field('method')) ?? 'GET';
  const path = text(entry['path']) ?? '/';
  const codes = field('status');
  return {
    name: text(entry['name']) ?? `${method} ${path}`,
    path,
    method,
    headers: { ...stringMap(defaults['headers']), ...stringMap(entry['headers']) },
    body: text(entry['body']),
    status: numbers(codes ?? 200),
    contains: oneOrMany(entry['contains']),
    matches: oneOrMany(entry['matches']),
    json: stringMap(entry['json']),
    answerHeaders: stringMap(entry['answerHeaders']),
    maxLatency: duration(field('maxLatency')),
    repeat: number(field('repeat')) ?? 1,
    concurrency: number(field('concurrency')) ?? 1,
    timeout: duration(field('timeout')) ?? TIMEOUT,
  };
}

function stringMap(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, typeof each === 'string' ? each : JSON.stringify(each)]),
  );
}

function numbers(value: Json): readonly number[] {
  return typeof value === 'number' ? [value] : list(value).flatMap((each) => number(each) ?? []);
}

function oneOrMany(value: Json | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : texts(value);
}

function duration(value: Json | undefined): number | null {
  return typeof value === 'string' ? parseDuration(value) : null;
}

/** What a schema cannot say: whether expressions can be read. */
function tryOut(document: LintObject, check: Check, index: number): void {
  const problem = expressionProblem(check);
  if (problem === null) return;
  const { line } = document.locate(['checks', index]);
  throw new UserError(`${place(document.file, line)}: checks[${index}]: ${problem}`);
}

/** Why a regular expression or a jsonpath of a check cannot be read; null where all can. */
export function expressionProblem({ matches, json }: Pick<Check, 'matches' | 'json'>): string | null {
  try {
    for (const pattern of matches) ''.match(new RegExp(pattern));
    for (const path of Object.keys(json)) printJsonpath({}, path);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
