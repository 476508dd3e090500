import { list, isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { UsageError } from '../kube/errors.ts';

/**
 * kubectl's jsonpath templates as far as scripts use them: text, `{.a.b}`, `{.a[0]}`, `{.a[*].b}`, `{..name}`,
 * `{.a['x.y']}`, `{.a[1:3]}`, `{.a[?(@.b=="c")].d}`, `{"\n"}` and `{range .a[*]}…{end}`. The rest is denied.
 */
export function printJsonpath(object: JsonObject, template: string): string {
  const source = /[{]/.test(template) ? template : `{${template.startsWith('.') ? template : `.${template}`}}`;
  const parts = source.split(/(\{[^{}]*\})/).filter((part) => part !== '');
  return render(parts, object).text;
}

/** The values at a JSONPath expression, with or without its braces and its leading period. */
export function selectJsonpath(object: JsonObject, given: string): readonly Json[] {
  const path = given.replace(/^\{(.*)\}$/s, '$1').trim();
  return select(object, /^[.[$@]/.test(path) ? path : `.${path}`);
}

/** The values of a template of one expression, as JSON: `-o jsonpath-as-json`. */
export function printJsonpathAsJson(object: JsonObject, template: string): string {
  const [only, ...more] = [...template.matchAll(/\{([^{}]*)\}/g)];
  if (only === undefined || more.length > 0 || only[0] !== template) throw invalid(template);
  return `${JSON.stringify(selectJsonpath(object, template), null, 4)}\n`;
}

interface Rendered {
  readonly text: string;
  /** Index behind the last part that was used. */
  readonly next: number;
}

function render(parts: readonly string[], context: Json, start = 0, nested = false): Rendered {
  let text = '';
  let index = start;
  while (index < parts.length) {
    const part = parts[index] ?? '';
    const inner = part.startsWith('{') ? part.slice(1, -1).trim() : null;
    if (inner === 'end') {
      if (!nested) throw invalid(part);
      return { text, next: index + 1 };
    }
    if (inner?.startsWith('range ')) {
      const items = select(context, inner.slice('range '.length).trim());
      let next = render(parts, null, index + 1, true).next;
      for (const item of items) {
        const rendered = render(parts, item, index + 1, true);
        text += rendered.text;
        next = rendered.next;
      }
      index = next;
      continue;
    }
    text += inner === null ? part : expression(context, inner);
    index += 1;
  }
  return { text, next: index };
}

function expression(context: Json, inner: string): string {
  const quoted = /^(?:"(.*)"|'(.*)')$/s.exec(inner);
  if (quoted) return unescape(quoted[1] ?? quoted[2] ?? '');
  return select(context, inner)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(' ');
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
}

const STEP =
  /\.\.([\w-]+|\*)|\.((?:[\w/-]|\\.)+|\*)|\[(\*|-?\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]|\[(-?\d*:-?\d*)\]|\[\?\(((?:[^"')]|"[^"]*"|'[^']*')*)\)\]/g;

function select(context: Json, path: string): readonly Json[] {
  let values: readonly Json[] = [context];
  const source = path.replace(/^[$@]/, '');
  if (source === '.') return values;
  let from = 0;
  for (const step of source.matchAll(STEP)) {
    if (step.index !== from) throw invalid(source.slice(from));
    from += step[0].length;
    const [, deep, key, index, single, double, slice, filter] = step;
    const name = (key ?? single ?? double)?.replaceAll('\\', '');
    if (deep !== undefined) values = values.flatMap((value) => descend(value, deep));
    else if (index === '*' || name === '*') values = values.flatMap(children);
    else if (index !== undefined) values = values.flatMap((value) => present(list(value).at(Number(index))));
    else if (name !== undefined) values = values.flatMap((value) => present(isObject(value) ? value[name] : undefined));
    else if (slice !== undefined) values = values.flatMap((value) => list(value).slice(...bounds(slice)));
    else if (filter !== undefined) {
      const test = passes(filter);
      values = values.flatMap((value) => children(value).filter(test));
    }
  }
  if (from !== source.length) throw invalid(source.slice(from));
  return values;
}

function bounds(slice: string): [number, number | undefined] {
  const [start = '', end = ''] = slice.split(':');
  return [Number(start), end === '' ? undefined : Number(end)];
}

const FILTER = /^\s*(@[^=!<>\s]*)\s*(?:(==|!=|<=|>=|<|>)\s*(\S.*?)\s*)?$/s;

/** `@.name=="x"`, or `@.name` alone for what is there. */
function passes(filter: string): (item: Json) => boolean {
  const [, path, operator, right] = FILTER.exec(filter) ?? [];
  if (path === undefined) throw invalid(`[?(${filter})]`);
  if (operator === undefined || right === undefined) return (item) => select(item, path).length > 0;
  const wanted = literal(right);
  return (item) => select(item, path).some((value) => compare(value, operator, wanted));
}

function literal(source: string): string | number | boolean {
  const quoted = /^(?:"(.*)"|'(.*)')$/s.exec(source);
  if (quoted) return quoted[1] ?? quoted[2] ?? '';
  if (source === 'true' || source === 'false') return source === 'true';
  if (source === '' || Number.isNaN(Number(source))) throw invalid(source);
  return Number(source);
}

function compare(value: Json, operator: string, wanted: string | number | boolean): boolean {
  if (operator === '==') return value === wanted;
  if (operator === '!=') return value !== wanted;
  if (typeof value === 'number' && typeof wanted === 'number') return ordered(value, operator, wanted);
  return typeof value === 'string' && typeof wanted === 'string' && ordered(value, operator, wanted);
}

function ordered<T extends string | number>(a: T, operator: string, b: T): boolean {
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

function present(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

function children(value: Json): readonly Json[] {
  if (isObject(value)) return Object.values(value).flatMap(present);
  return list(value);
}

function descend(value: Json, name: string): readonly Json[] {
  const here = isObject(value) && name !== '*' ? present(value[name]) : name === '*' ? children(value) : [];
  return [...here, ...children(value).flatMap((child) => descend(child, name))];
}

function invalid(part: string): UsageError {
  return new UsageError(
    `error parsing jsonpath: "${part}" is not supported here (paths, [*], indexes, slices, simple filters, range and end are)`,
  );
}
