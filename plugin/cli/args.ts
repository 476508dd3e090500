import { parseArgs } from 'node:util';

import { UsageError } from '../kube/errors.ts';
import { parseDuration } from '../../common/duration.ts';
import type { FlagSpec, FlagValues } from './flags.ts';

export interface ParsedArguments {
  readonly flags: FlagValues;
  readonly positionals: readonly string[];
  /** What stands behind `--`, untouched; null without `--`. */
  readonly rest: readonly string[] | null;
}

/** Index of the first word that is no flag and no flag's value; -1 without one. Flags that are not known are passed over. */
export function commandIndex(argv: readonly string[], globals: readonly FlagSpec[]): number {
  const { tokens } = tokenize(argv, globals);
  const first = tokens.find((token) => token.kind === 'positional' || token.kind === 'option-terminator');
  return first?.kind === 'positional' ? first.index : -1;
}

/** The words of an unfinished line that are neither flags nor values of flags, and whether a `--` ended them. */
export function positionalsOf(
  argv: readonly string[],
  specs: readonly FlagSpec[],
): { readonly positionals: readonly string[]; readonly ended: boolean } {
  const { tokens } = tokenize(argv, specs);
  const ended = tokens.some(({ kind }) => kind === 'option-terminator');
  return { positionals: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])), ended };
}

/** Parses as kubectl's flag library does. Throws a UsageError in its words. */
export function parseArguments(argv: readonly string[], specs: readonly FlagSpec[]): ParsedArguments {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  let rest: string[] | null = null;
  for (const token of tokenize(argv, specs).tokens) {
    if (token.kind === 'option-terminator') rest = [];
    else if (token.kind === 'positional') (rest ?? positionals).push(token.value);
    else {
      const spec = specs.find((each) => each.name === token.name);
      if (spec === undefined) throw unknownFlag(token.rawName, argv[token.index] ?? token.rawName);
      const value = valueOf(spec, token.rawName, token.value);
      values.set(spec.name, [...(values.get(spec.name) ?? []), value]);
    }
  }
  return { flags: flagValues(values, specs), positionals, rest };
}

function tokenize(argv: readonly string[], specs: readonly FlagSpec[]) {
  const options = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.type === 'boolean' || spec.bare !== undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
}

function unknownFlag(rawName: string, argument: string): UsageError {
  if (rawName.startsWith('--')) return new UsageError(`unknown flag: ${rawName}`);
  return new UsageError(`unknown shorthand flag: '${rawName.slice(1)}' in ${argument}`);
}

function valueOf(spec: FlagSpec, rawName: string, given: string | undefined): string {
  // `-o=yaml`: the equals sign belongs to the flag, not to its value.
  const value = rawName.startsWith('--') ? given : given?.replace(/^=/, '');
  const flag = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
  function invalid(why: string): UsageError {
    return new UsageError(`invalid argument "${value}" for "${flag}" flag: ${why}`);
  }
  if (value === undefined) {
    if (spec.type === 'boolean') return 'true';
    if (spec.bare !== undefined) return spec.bare;
    const name = rawName.startsWith('--') ? rawName : `'${rawName.slice(1)}' in ${rawName}`;
    throw new UsageError(`flag needs an argument: ${name}`);
  }
  if (spec.type === 'boolean') {
    if (/^(?:1|t|T|TRUE|true|True)$/.test(value)) return 'true';
    if (/^(?:0|f|F|FALSE|false|False)$/.test(value)) return 'false';
    throw invalid('must be true or false');
  }
  if (spec.type === 'number' && !/^\d+(?:\.\d+)?$/.test(value)) throw invalid('must be a number');
  if (spec.type === 'duration' && parseDuration(value) === null) {
    throw invalid('must be a duration such as 30s, 5m or 24h');
  }
  if (spec.choices && !spec.choices.includes(value)) {
    throw invalid(`must be one of: ${spec.choices.map((choice) => `"${choice}"`).join(', ')}`);
  }
  return value;
}

function flagValues(given: ReadonlyMap<string, readonly string[]>, specs: readonly FlagSpec[]): FlagValues {
  const fallbacks = new Map(specs.map((spec) => [spec.name, spec.fallback]));
  function text(name: string): string | undefined {
    return given.get(name)?.at(-1) ?? fallbacks.get(name);
  }
  return {
    isSet: (name) => given.has(name),
    text,
    boolean: (name) => text(name) === 'true',
    list: (name) => given.get(name) ?? [],
    number: (name) => Number(text(name) ?? 0),
    duration: (name) => parseDuration(text(name) ?? '0') ?? 0,
  };
}
