/** What a label has to be. */
interface Term {
  readonly key: string;
  /** Null for any value. */
  readonly values: ReadonlySet<string> | null;
  /** Whether it matches the labels that are otherwise, those without the key included. */
  readonly not: boolean;
}

const NAME = String.raw`[A-Za-z0-9](?:[A-Za-z0-9./_-]*[A-Za-z0-9])?`;
const VALUE = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?`;
const EXISTS = new RegExp(`^(!?) *(${NAME})$`);
const EQUALS = new RegExp(`^(${NAME}) *(==?|!=) *(${VALUE})$`);
const AMONG = new RegExp(String.raw`^(${NAME}) +(in|notin) *\(([^()]*)\)$`);
const ONE_VALUE = new RegExp(`^${VALUE}$`);

/** The terms of a label selector as text; null for one that Kubernetes does not read (or that compares numbers). */
export function parseLabelSelector(selector: string): readonly Term[] | null {
  const written = selector.split(/,(?![^(]*\))/).map((term) => term.trim());
  if (selector.trim() === '') return [];
  const terms = written.map(termOf);
  return terms.every((term) => term !== null) ? terms : null;
}

function termOf(written: string): Term | null {
  const [, not, name] = EXISTS.exec(written) ?? [];
  if (name !== undefined) return { key: name, values: null, not: not === '!' };
  const [, key, operator, value = ''] = EQUALS.exec(written) ?? [];
  if (key !== undefined) return { key, values: new Set([value]), not: operator === '!=' };
  const [, among, how, list = ''] = AMONG.exec(written) ?? [];
  const values = list.split(',').map((each) => each.trim());
  if (among === undefined || !values.every((each) => ONE_VALUE.test(each))) return null;
  return { key: among, values: new Set(values), not: how === 'notin' };
}

/** Whether labels match a selector; everything matches one that cannot be read. */
export function matchesLabels(selector: string, labels: ReadonlyMap<string, string>): boolean {
  return (parseLabelSelector(selector) ?? []).every(({ key, values, not }) => {
    const value = labels.get(key);
    return (value !== undefined && (values === null || values.has(value))) !== not;
  });
}
