import type { FlagSpec, FlagValues } from '../cli/flags.ts';
import { UsageError } from '../kube/errors.ts';
import { TIMEOUT } from './check.ts';
import type { Check } from './check.ts';

/** Flags that describe HTTP checks: each --path is one check, the others hold for all of them. */
export const CHECK_FLAGS: readonly FlagSpec[] = [
  { name: 'path', type: 'list', help: 'Ask for this path; can be repeated. The flags below hold for every path.' },
  { name: 'method', type: 'text', fallback: 'GET', help: 'Method of the requests.' },
  { name: 'header', type: 'list', help: 'Header of the requests, as NAME=VALUE; can be repeated.' },
  { name: 'data', type: 'text', help: 'Body of the requests.' },
  { name: 'status', type: 'list', help: 'Status that is right, by default 200; can be repeated.' },
  { name: 'contains', type: 'list', help: "Text that the answer's body contains; can be repeated." },
  { name: 'matches', type: 'list', help: "Regular expression that the answer's body matches; can be repeated." },
  {
    name: 'json',
    type: 'list',
    help: 'Value in a JSON answer, as JSONPATH=VALUE, for example .version=6.1.6; can be repeated.',
  },
  { name: 'max-latency', type: 'duration', help: 'No answer may take longer.' },
  { name: 'repeat', type: 'number', fallback: '1', help: 'How often each path is asked for.' },
  { name: 'concurrency', type: 'number', fallback: '1', help: 'How many of these at a time.' },
];

const DEPENDENT = CHECK_FLAGS.slice(1);
const MAX_REPEAT = 100_000;
const MAX_CONCURRENCY = 100;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The checks that flags describe; none without --path. Throws a UsageError. */
export function checksFromFlags(flags: FlagValues): readonly Check[] {
  const paths = flags.list('path');
  const orphan = DEPENDENT.find(({ name }) => flags.isSet(name));
  if (paths.length === 0 && orphan !== undefined) throw new UsageError(`--${orphan.name} needs a --path`);
  const method = flags.text('method') ?? 'GET';
  if (!METHODS.has(method)) throw new UsageError(`--method must be one of: ${[...METHODS].join(', ')}`);
  const common = {
    method,
    headers: Object.fromEntries(flags.list('header').map((pair) => split(pair, 'header', 'NAME=VALUE'))),
    body: flags.text('data') ?? null,
    status: statuses(flags.list('status')),
    contains: flags.list('contains'),
    matches: flags.list('matches'),
    json: Object.fromEntries(flags.list('json').map((pair) => split(pair, 'json', 'JSONPATH=VALUE'))),
    answerHeaders: {},
    maxLatency: flags.isSet('max-latency') ? flags.duration('max-latency') : null,
    repeat: whole(flags, 'repeat', MAX_REPEAT),
    concurrency: whole(flags, 'concurrency', MAX_CONCURRENCY),
    timeout: TIMEOUT,
  };
  return paths.map((path) => {
    if (!/^\/[\x21-\x7e]*$/.test(path)) throw new UsageError(`--path "${path}" must begin with / and hold no blanks`);
    return { name: `${method} ${path}`, path, ...common };
  });
}

/** At the first equals sign outside of brackets: a filter of a jsonpath may hold some. */
function split(pair: string, flag: string, form: string): readonly [string, string] {
  const parts = /^((?:\[[^\]]*\]|[^=[])+)=(.*)$/s.exec(pair);
  if (parts === null) throw new UsageError(`invalid argument "${pair}" for "--${flag}" flag: expected ${form}`);
  return [parts[1] ?? '', parts[2] ?? ''];
}

function statuses(given: readonly string[]): readonly number[] {
  for (const each of given) {
    if (!/^[1-5]\d\d$/.test(each)) throw new UsageError(`--status must be a number from 100 to 599, not "${each}"`);
  }
  return given.length === 0 ? [200] : given.map(Number);
}

function whole(flags: FlagValues, name: string, highest: number): number {
  const value = flags.number(name);
  if (Number.isInteger(value) && value >= 1 && value <= highest) return value;
  throw new UsageError(`--${name} must be a whole number from 1 to ${highest}`);
}
