import { ANNOTATION } from './annotations.ts';
import { governed, namesOf } from './governed.ts';
import { pairOfName } from './names.ts';
import { routedNamesIn } from './traefik/reach.ts';
import { rulesOf } from './traefik/routes.ts';
import type { Pair } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** Words by which people tell two versions of one service apart; the first is the one that serves. */
const WORDS: readonly (readonly [string, string])[] = [
  ['blue', 'green'],
  ['stable', 'canary'],
  ['stable', 'preview'],
  ['stable', 'next'],
  ['primary', 'canary'],
  ['primary', 'preview'],
  ['primary', 'secondary'],
  ['active', 'preview'],
  ['active', 'passive'],
  ['active', 'standby'],
  ['current', 'next'],
  ['current', 'previous'],
  ['old', 'new'],
];
const FIRST: ReadonlySet<string> = new Set(['blue']);
const SECOND: ReadonlySet<string> = new Set(['green', 'canary', 'preview', 'next', 'new']);

/** A longer list is no release; comparing all of it with itself would be a way to keep a program busy. */
const MOST_NAMES = 32;

/**
 * Two of these names that look like the two versions of one service and are no pair by the rules of `pairOfName`:
 * `api-blue-service` and `api-green-service`, `web` and `web-green`, `web-stable` and `web-canary`, `web-v1` and
 * `web-v2`. Such names govern nothing; annotations can. Null where the names are a pair already, or look like none.
 */
export function likelyPair(names: readonly string[]): Pair | null {
  const some = [...new Set(names)].slice(0, MOST_NAMES);
  for (const [index, one] of some.entries()) {
    for (const other of some.slice(index + 1)) {
      const pair = versions(one, other) ?? versions(other, one);
      if (pair !== null) return isPair(pair) ? null : pair;
    }
  }
  return null;
}

function isPair({ blue, green }: Pair): boolean {
  const pair = pairOfName(blue);
  return pair !== null && pair.green === green;
}

/** Two names of which the first is the one that serves. */
function versions(blue: string, green: string): Pair | null {
  const [some, others] = [blue.split('-'), green.split('-')];
  const found = some.length === others.length ? sameButOneWord(some, others) : oneWordMore(some, others);
  return found ? { blue, green } : null;
}

function sameButOneWord(some: readonly string[], others: readonly string[]): boolean {
  const different = some.flatMap((word, index) => (word === others[index] ? [] : [[word, others[index] ?? '']]));
  const [[one = '', other = ''] = [], ...more] = different;
  if (more.length > 0) return false;
  return WORDS.some(([first, second]) => first === one && second === other) || isLater(one, other);
}

/** `v1` and `v2`, also `v9` and `v10`. */
function isLater(one: string, other: string): boolean {
  const [before, after] = [one, other].map((word) => /^v(\d{1,9})$/.exec(word)?.[1]);
  return before !== undefined && after !== undefined && Number(before) < Number(after);
}

/** `web` and `web-green`, or `web-blue` and `web`. */
function oneWordMore(some: readonly string[], others: readonly string[]): boolean {
  const [longer, shorter, words] =
    some.length < others.length ? ([others, some, SECOND] as const) : ([some, others, FIRST] as const);
  if (longer.length !== shorter.length + 1) return false;
  return longer.some((word, index) => words.has(word) && longer.toSpliced(index, 1).join('-') === shorter.join('-'));
}

/** The likely pair of a TraefikService that names no pair, neither by names nor by annotations; null for any other. */
export function likelyPairOf(object: JsonObject): Pair | null {
  return governed({ object, oldObject: object }).kind === 'pair' ? null : likelyPair(namesOf(object));
}

/** The likely pairs over which the rules of an IngressRoute divide requests, each once. */
export function likelyPairsIn(route: JsonObject): readonly Pair[] {
  const pairs = rulesOf(route).flatMap(({ services }) => likelyPair(routedNamesIn(services)) ?? []);
  return pairs.filter((pair, index) => pairs.findIndex(({ blue }) => blue === pair.blue) === index);
}

/** The annotations that make a pair of two Services, to stand in a sentence. */
export function colorAnnotations({ blue, green }: Pair): string {
  return `${ANNOTATION.blue}: ${blue} and ${ANNOTATION.green}: ${green}`;
}
