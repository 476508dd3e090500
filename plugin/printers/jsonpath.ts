import { list } from '../../webhook/policy/json.ts';
import type { Json, JsonObject } from '../../webhook/policy/types.ts';
import { UsageError } from '../kube/errors.ts';
import { isObject } from '../kube/values.ts';

/**
 * kubectl's jsonpath templates as far as scripts use them: text, `{.a.b}`, `{.a[0]}`, `{.a[*].b}`, `{..name}`,
 * `{.a['x.y']}`, `{"\n"}` and `{range .a[*]}…{end}`. Filters are refused.
 */
export function printJsonpath(object: JsonObject, template: string): string {
  const source = /[{]/.test(template) ? template : `{${template.startsWith('.') ? template : `.${template}`}}`;
  const parts = source.split(/(\{[^{}]*\})/).filter((part) => part !== '');
  return render(parts, object).text;
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
  const literal = /^(?:"(.*)"|'(.*)')$/s.exec(inner);
  if (literal) return unescape(literal[1] ?? literal[2] ?? '');
  return select(context, inner)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(' ');
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
}

const STEP = /\.\.([\w-]+|\*)|\.((?:[\w-]|\\.)+|\*)|\[(\*|-?\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y;

function select(context: Json, path: string): readonly Json[] {
  let values: readonly Json[] = [context];
  const source = path.replace(/^[$@]/, '');
  STEP.lastIndex = 0;
  while (STEP.lastIndex < source.length) {
    const from = STEP.lastIndex;
    const step = STEP.exec(source);
    if (step === null) {
      if (source === '.') return values;
      throw invalid(path.slice(from));
    }
    const [, deep, key, index, single, double] = step;
    const name = key?.replaceAll('\\', '') ?? single ?? double;
    if (deep !== undefined) values = values.flatMap((value) => descend(value, deep));
    else if (index === '*' || name === '*') values = values.flatMap(children);
    else if (index !== undefined) values = values.flatMap((value) => present(list(value).at(Number(index))));
    else if (name !== undefined) values = values.flatMap((value) => present(isObject(value) ? value[name] : undefined));
  }
  return values;
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
    `error parsing jsonpath: "${part}" is not supported here (paths, [*], indexes, range and end are)`,
  );
}
