import { isObject, list } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { UsageError } from '../kube/errors.ts';

/** Where a part of a template is: its dot, and the variables that are known there. */
export interface Scope {
  readonly dot: Json;
  readonly variables: Map<string, Json>;
}

/** For a part of a template that is not supported. */
export function invalid(part: string): UsageError {
  return new UsageError(`error parsing go-template: "${part}" is not supported here`);
}

const WORD = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\||\(|\)|[^\s|()"`]+)/gy;

/** The value of a pipeline, such as `.a.b | printf "%s\\n"`. Throws a UsageError for what is not known. */
export function evaluate(pipe: string, scope: Scope): Json {
  const matches = [...pipe.matchAll(WORD)];
  const read = matches.reduce((length, [match]) => length + match.length, 0);
  if (read !== pipe.trimEnd().length) throw invalid(pipe);
  const words = matches.map(([, word = '']) => word);
  const { value, next } = evaluateWords(words, 0, scope);
  if (next < words.length) throw invalid(pipe);
  return value;
}

/** A pipeline up to its end or a closing parenthesis. */
function evaluateWords(
  words: readonly string[],
  start: number,
  scope: Scope,
): { readonly value: Json; readonly next: number } {
  let next = start;
  let piped: readonly Json[] = [];
  for (;;) {
    const args: Json[] = [];
    let name: string | null = null;
    for (; next < words.length && words[next] !== '|' && words[next] !== ')'; next += 1) {
      const word = words[next] ?? '';
      if (word === '(') {
        const inner = evaluateWords(words, next + 1, scope);
        if (words[inner.next] !== ')') throw invalid(words.join(' '));
        args.push(inner.value);
        next = inner.next;
      } else if (name === null && args.length === 0 && Object.hasOwn(FUNCTIONS, word)) name = word;
      else args.push(operand(word, scope));
    }
    const given = [...args, ...piped];
    const result = name === null ? single(given, words) : (FUNCTIONS[name]?.(given) ?? null);
    if (words[next] !== '|') return { value: result, next };
    piped = [result];
    next += 1;
  }
}

function single(values: readonly Json[], words: readonly string[]): Json {
  if (values.length !== 1) throw invalid(words.join(' '));
  return values[0] ?? null;
}

function operand(word: string, { dot, variables }: Scope): Json {
  if (/^-?\d+(?:\.\d+)?$/.test(word)) return Number(word);
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'nil') return null;
  if (word.startsWith('`')) return word.slice(1, -1);
  if (word.startsWith('"')) return unescape(word.slice(1, -1));
  const [, variable, path] = /^(\$\w*)?((?:\.[\w-]+)+|\.)?$/.exec(word) ?? [];
  if (variable === undefined && path === undefined) throw invalid(word);
  if (variable !== undefined && !variables.has(variable)) throw invalid(word);
  const root = variable === undefined ? dot : (variables.get(variable) ?? null);
  const keys = (path ?? '').split('.').filter((key) => key !== '');
  return keys.reduce<Json>((value, key) => (isObject(value) ? (value[key] ?? null) : null), root);
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
}

const FUNCTIONS: Readonly<Record<string, (args: readonly Json[]) => Json>> = {
  index: ([value = null, ...keys]) => keys.reduce<Json>(indexed, value),
  len: ([value]) =>
    typeof value === 'string' ? value.length : isObject(value) ? Object.keys(value).length : list(value).length,
  print: (args) => args.map((value, index) => `${setOff(args[index - 1], value)}${goText(value)}`).join(''),
  println: (args) => `${args.map((value) => goText(value)).join(' ')}\n`,
  printf: ([format = '', ...args]) => formatted(goText(format), args),
  eq: ([first = null, ...others]) => others.some((other) => other === first),
  ne: ([first, second]) => first !== second,
  lt: ([first, second]) => ordered(first, second) < 0,
  le: ([first, second]) => ordered(first, second) <= 0,
  gt: ([first, second]) => ordered(first, second) > 0,
  ge: ([first, second]) => ordered(first, second) >= 0,
  and: (args) => args.find((value) => !isTrue(value)) ?? args.at(-1) ?? null,
  or: (args) => args.find(isTrue) ?? args.at(-1) ?? null,
  not: ([value = null]) => !isTrue(value),
  base64decode: ([value]) => Buffer.from(goText(value ?? null, ''), 'base64').toString('utf8'),
};

/** Go's print sets values off from each other, but not from a text. */
function setOff(before: Json | undefined, value: Json): string {
  return before === undefined || typeof before === 'string' || typeof value === 'string' ? '' : ' ';
}

function indexed(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return value[key] ?? null;
  return typeof key === 'number' ? (list(value)[key] ?? null) : null;
}

function ordered(first: Json = null, second: Json = null): number {
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  return goText(first) < goText(second) ? -1 : Number(first !== second);
}

function formatted(format: string, args: readonly Json[]): string {
  let index = 0;
  return format.replaceAll(/%(-?\d*)([sdvqt%])/g, (_, width: string, verb: string) => {
    if (verb === '%') return '%';
    const value = args[index] ?? null;
    index += 1;
    const text = verb === 'q' ? JSON.stringify(value) : goText(value);
    return width.startsWith('-') ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width || 0));
  });
}

/** Whether a value counts as true: it is neither empty nor zero. */
export function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** A value as Go prints it: `map[a:b]`, `[a b]`, and `nothing` for null. */
export function goText(value: Json, nothing = '<no value>'): string {
  if (value === null) return nothing;
  if (typeof value !== 'object') return String(value);
  if (!isObject(value))
    return `[${list(value)
      .map((item) => goText(item, nothing))
      .join(' ')}]`;
  const keys = Object.keys(value).toSorted();
  return `map[${keys.map((key) => `${key}:${goText(value[key] ?? null, nothing)}`).join(' ')}]`;
}
