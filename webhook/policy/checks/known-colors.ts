import { ANNOTATION } from '../annotations.ts';
import { governed } from '../governed.ts';
import { annotation } from '../../../common/json.ts';
import { colorOf, pairOfName } from '../names.ts';
import { isWeighted, otherEntriesOf } from '../traefik/entries.ts';
import { denial } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';
import { namesTouched } from '../touched.ts';
import { COLORS, otherColor } from '../types.ts';
import type { Color } from '../types.ts';
import type { JsonObject } from '../../../common/json.ts';

/**
 * The list holds the pair and nothing else. Traefik splits without a dependable ratio when a Service is listed twice,
 * and drops the whole TraefikService when one cannot be built. Where another kind than `weighted` is used,
 * `weighted-only` speaks.
 */
export const knownColors: Check = {
  id: 'known-colors',
  description:
    'Each color is listed once, as a Service of the same namespace, and nothing else is listed; the active color is always listed.',
  cel: 'yes',
  needs: 'nothing',
  touched: (subject) =>
    namesTouched(subject) || [renamed, exchanged, ended].some((identity) => identity(subject).length > 0),
  find: (subject) => {
    const identity = [...renamed(subject), ...exchanged(subject), ...ended(subject)];
    if (!isWeighted(subject.change.object) && otherEntriesOf(subject.change.object).length > 0) return identity;
    return [
      ...identity,
      ...strangers(subject),
      ...repeated(subject),
      ...elsewhere(subject),
      ...provided(subject),
      ...missing(subject),
    ];
  },
};

/** Annotations that contradict the pair would mislead whoever reads them, the API server's own policy included. */
function renamed({ pair, change }: Subject): readonly CheckResult[] {
  const { object, oldObject } = change;
  const [blue, green] = [annotation(object, ANNOTATION.blue), annotation(object, ANNOTATION.green)];
  if (!blue || !green || (blue === pair.blue && green === pair.green)) return [];
  if (blue === annotation(oldObject, ANNOTATION.blue) && green === annotation(oldObject, ANNOTATION.green)) return [];
  return [
    denial(
      'the pair changes',
      `the colors of ${change.name} are ${pair.blue} and ${pair.green}; the annotations bluegreen.dev/blue and bluegreen.dev/green say ${blue} and ${green}. Remove these or write the right names`,
    ),
  ];
}

/** The word in a Service's name is what people go by: an annotation that says the opposite makes the preview active. */
function exchanged(subject: Subject): readonly CheckResult[] {
  const { pair, change } = subject;
  const { object, oldObject } = change;
  const unchanged = COLORS.every((color) => annotationOf(object, color) === annotationOf(oldObject, color));
  if (unchanged && !namesTouched(subject)) return [];
  return COLORS.flatMap((color) => {
    const name = annotationOf(object, color);
    if (name !== pair[color] || pairOfName(name)?.[otherColor(color)] !== name) return [];
    return [
      denial(
        'an annotation gives a color the name of the other one',
        `${ANNOTATION[color]}: ${name} takes a Service whose name says ${otherColor(color)} for ${color}. Correct it, or remove both color annotations: names that say their color need none`,
      ),
    ];
  });
}

function annotationOf(object: JsonObject | null, color: Color): string | null {
  return annotation(object, ANNOTATION[color]);
}

/** Without its annotations a pair of other names would be governed by nothing from the next request on. */
function ended({ change: { oldObject }, object, pair }: Subject): readonly CheckResult[] {
  const names = [ANNOTATION.blue, ANNOTATION.green];
  if (names.every((key) => annotation(object, key) === annotation(oldObject, key))) return [];
  if (oldObject === null || governed({ object, oldObject: object }).kind === 'pair') return [];
  return [
    denial(
      'governance ends',
      `only the annotations bluegreen.dev/blue: ${pair.blue} and bluegreen.dev/green: ${pair.green} name its colors. Keep them as long as the TraefikService exists`,
    ),
  ];
}

function strangers({ newState, pair }: Subject): readonly CheckResult[] {
  const names = newState.children
    .filter((child) => colorOf(pair, child.name) === null)
    .map((child) => child.name || '(no name)');
  if (names.length === 0) return [];
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return [denial('an entry is no color', `only ${pair.blue} and ${pair.green} may be listed. Remove ${shown}`)];
}

function repeated({ newState, pair }: Subject): readonly CheckResult[] {
  return ([pair.blue, pair.green] as const)
    .filter((name) => newState.children.filter((child) => child.name === name).length > 1)
    .map((name) => denial('a color is listed twice', `${name} is listed more than once. Keep one entry of it`));
}

/** About the first entry of each color: more than one is denied anyway. */
function elsewhere({ newState, change }: Subject): readonly CheckResult[] {
  const findings: CheckResult[] = [];
  for (const { name, kind, namespace } of [newState.blue, newState.green].filter((child) => child !== null)) {
    if (kind !== 'Service')
      findings.push(
        denial('a color is no Service', `${name} has kind ${kind}. A color is a Service: write kind: Service`),
      );
    if (namespace !== null && namespace !== change.namespace)
      findings.push(
        denial(
          'a color is in another namespace',
          `${name} points to namespace ${namespace}. Both colors must be in namespace ${change.namespace}. Remove the namespace field`,
        ),
      );
  }
  return findings;
}

/** Traefik 3.7.9 and newer drop the whole object for it; what came before stored the color under one more name. */
function provided({ newState }: Subject): readonly CheckResult[] {
  return [newState.blue, newState.green]
    .filter((child) => child !== null)
    .filter(({ name, written }) => name !== written)
    .map(({ name, written }) =>
      denial(
        'a color is named with a provider',
        `${written} names a provider, which newer versions of Traefik reject. Write name: ${name}`,
      ),
    );
}

function missing({ oldState, newState, pair }: Subject): readonly CheckResult[] {
  const active = oldState?.active ?? null;
  if (active !== null && newState[active] === null)
    return [
      denial(
        'the active color is missing',
        `${pair[active]} serves production and is not listed. Keep it; only the preview can be left out`,
      ),
    ];
  if (newState.blue !== null || newState.green !== null) return [];
  return [
    denial(
      'no color is listed',
      `neither ${pair.blue} nor ${pair.green} is in the list. Add them with weights 100 and 0`,
    ),
  ];
}
