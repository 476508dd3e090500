import { parseDuration } from '../common/duration.ts';
import { parseLabelSelector } from './policy/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables of an environment, each of its kind. */
export interface VariableReader {
  /** What is wrong with those that were read, a line each: the variable, what it is, what it should be. */
  readonly problems: string[];
  /** An empty variable counts as unset. */
  given(this: void, name: string): string | undefined;
  /** A name in Kubernetes. */
  label(this: void, name: string, fallback: string): string;
  integer(this: void, name: string, fallback: number, least: number, most: number): number;
  /** Milliseconds. */
  duration(this: void, name: string, fallback: string, leastMs: number): number;
  boolean(this: void, name: string, fallback: boolean): boolean;
  choice<Choice extends string>(this: void, name: string, choices: readonly Choice[], fallback: Choice): Choice;
  /** Separated by commas. */
  names(this: void, name: string): readonly string[];
  labelSelector(this: void, name: string): string;
}

export function readerOf(env: Environment): VariableReader {
  const problems: string[] = [];
  function given(name: string): string | undefined {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  }
  function wrong(name: string, value: string, expected: string): void {
    problems.push(`${name} is "${value}": it must be ${expected}`);
  }

  function label(name: string, fallback: string): string {
    const value = given(name) ?? fallback;
    if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(value)) {
      wrong(name, value, 'a Kubernetes name (lower-case letters, digits, dashes and dots)');
    }
    return value;
  }
  function integer(name: string, fallback: number, least: number, most: number): number {
    const value = given(name);
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) wrong(name, value, `a whole number from ${least} to ${most}`);
    return number;
  }
  function duration(name: string, fallback: string, leastMs: number): number {
    const value = given(name) ?? fallback;
    const milliseconds = parseDuration(value);
    if (milliseconds === null || milliseconds < leastMs) {
      wrong(name, value, `a duration such as ${fallback}, ${leastMs / 1000}s at least`);
    }
    return milliseconds ?? 0;
  }
  function boolean(name: string, fallback: boolean): boolean {
    const value = given(name);
    if (value === undefined) return fallback;
    if (value !== 'true' && value !== 'false') wrong(name, value, 'true or false');
    return value === 'true';
  }
  function choice<Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice {
    const value = given(name) ?? fallback;
    const known = choices.find((candidate) => candidate === value);
    if (known === undefined) wrong(name, value, `one of ${choices.join(', ')}`);
    return known ?? fallback;
  }
  function names(name: string): readonly string[] {
    return (given(name) ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  }

  function labelSelector(name: string): string {
    const value = given(name) ?? '';
    if (parseLabelSelector(value) === null) wrong(name, value, 'a label selector such as app=shop,tier in (web,api)');
    return value;
  }
  return { problems, given, label, integer, duration, boolean, choice, names, labelSelector };
}
