import { get, list, number, text, texts, isObject } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { parseJson } from '../../common/json-paths.ts';
import { VERSION } from '../../common/version.ts';
import type { Assignment, CheckResult, Progress } from './check.ts';

/** What a Job writes, one JSON document a line: how far it is, then what it found. */
export type Message =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'results'; readonly version: string; readonly results: readonly CheckResult[] };

/** Variable of the environment that tells a Job what to do. */
export const ASSIGNMENT = 'BLUEGREEN_SMOKE_CHECKS';
/** The longest assignment that fits into one variable of a process's environment. */
export const LONGEST_ASSIGNMENT = 120_000;

export function encode(message: Message): string {
  return `${JSON.stringify(message)}\n`;
}

/** Reads a line; null for one that is no message, such as a warning of the runtime. */
export function decode(line: string): Message | null {
  const value = parsed(line);
  const kind = get(value, 'kind');
  if (kind === 'progress') {
    const progress = get(value, 'progress');
    function count(key: string): number {
      return number(get(progress, key)) ?? 0;
    }
    return {
      kind,
      progress: {
        name: text(get(progress, 'name')) ?? '',
        check: count('check'),
        checks: count('checks'),
        done: count('done'),
        repeat: count('repeat'),
        failed: count('failed'),
      },
    };
  }
  if (kind !== 'results') return null;
  return {
    kind,
    version: text(get(value, 'version')) ?? '',
    results: list(get(value, 'results')).filter(isObject).map(resultOf),
  };
}

function resultOf(value: Json): CheckResult {
  const latency = get(value, 'latency');
  return {
    name: text(get(value, 'name')) ?? '',
    requests: number(get(value, 'requests')) ?? 0,
    failed: number(get(value, 'failed')) ?? 0,
    reasons: texts(get(value, 'reasons')),
    latency: isObject(latency) ? { p50: number(latency['p50']) ?? 0, max: number(latency['max']) ?? 0 } : null,
  };
}

function parsed(line: string): Json {
  try {
    return parseJson(line);
  } catch {
    return null;
  }
}

export function results(found: readonly CheckResult[]): Message {
  return { kind: 'results', version: VERSION, results: found };
}

/** Reads what `JSON.stringify` made of an assignment, by the same version of this program. */
export function readAssignment(source: string): Assignment {
  const value: Assignment = JSON.parse(source);
  return value;
}
