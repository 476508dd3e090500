// Tells what the chart's values are in one place, values.yaml and its comments, and copies it to where people look:
//   node scripts/chart-docs.ts           writes the table in the chart's README and what its schema says of every value
//   node scripts/chart-docs.ts --check   only says whether both are up to date
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';
import { isObject, parseObject } from '../common/json.ts';
import type { Json, JsonObject } from '../common/json.ts';

const CHART = join(import.meta.dirname, '..', 'charts', 'bluegreen');
const FIRST = '<!-- values: written by npm run chart:docs -->';
const LAST = '<!-- end of values -->';

/** One key of values.yaml. */
export interface Value {
  /** As `--set` names it: image.tag */
  readonly path: readonly string[];
  /** Its comment, line by line; empty without one. */
  readonly comment: readonly string[];
  /** Undefined for a section: a map whose keys the schema lists. */
  readonly standard: Json | undefined;
}

/** Every value and section in the order of values.yaml. The schema says which maps are sections. */
export function valuesOf(yaml: string, schema: JsonObject): readonly Value[] {
  const { contents } = parseDocument(yaml);
  return isMap(contents) ? valuesIn(contents, [], schema) : [];
}

function valuesIn(map: YAMLMap, above: readonly string[], schema: JsonObject): readonly Value[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) return [];
    const path = [...above, String(key.value)];
    // The comment before a map's first key belongs to the map.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : null);
    const said = { path, comment: linesOf(comment ?? '') };
    if (isMap(value) && isObject(propertyOf(schema, path)?.['properties']))
      return [{ ...said, standard: undefined }, ...valuesIn(value, path, schema)];
    const standard: Json = isMap(value) || !isScalar(value) ? JSON.parse(JSON.stringify(value)) : value.toJSON();
    return [{ ...said, standard }];
  });
}

function linesOf(comment: string): readonly string[] {
  return comment === '' ? [] : comment.split('\n').map((line) => line.replace(/^ /, '').trimEnd());
}

/** What the schema says of a value, without what it refers to; null if it does not know it. */
export function propertyOf(schema: JsonObject, path: readonly string[]): JsonObject | null {
  let node: Json | undefined = schema;
  for (const name of path) {
    const properties: Json | undefined = isObject(node) ? node['properties'] : undefined;
    node = isObject(properties) ? properties[name] : undefined;
  }
  return isObject(node) ? node : null;
}

/** A comment as running text. Indented lines are choices, "enforce  deny ...": each has a line of its own. */
function prose(comment: readonly string[], newline: string): string {
  let told = '';
  let before = 0;
  for (const line of comment) {
    const indent = line.search(/\S|$/);
    const continues = indent === before ? indent === 0 : indent > before && before > 0;
    const separator = told === '' ? '' : continues ? ' ' : newline;
    told += separator + (indent === 0 ? line : line.trim().replace(/ {2,}/, ': '));
    before = continues ? before : indent;
  }
  return told;
}

/** The README with the table of all values between its marks. */
export function withTable(readme: string, values: readonly Value[]): string {
  const [before, rest] = cut(readme, FIRST);
  const [, after] = cut(rest, LAST);
  const rows = values.map(({ path, comment, standard }) => {
    const name = path.join('.');
    // A page would take <release> for an element and leave it out.
    const plain = comment.map((line) => line.replaceAll('<', '&lt;'));
    const text = prose(plain, '<br>').replaceAll('|', '\\|');
    return standard === undefined
      ? `| **${name}** | | ${text} |`
      : `| \`${name}\` | \`${JSON.stringify(standard).replaceAll('|', '\\|')}\` | ${text} |`;
  });
  return [`${before}${FIRST}`, '| value | default | |', '|---|---|---|', ...rows, `${LAST}${after}`].join('\n');
}

function cut(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`README.md of the chart has lost its mark ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/**
 * The schema with the comment of every value as its description, and with every value required: an upgrade that brings
 * its values from an older chart (`--reuse-values`) is then denied by name, not done by half. Maps inside a section may
 * be taken away, as in `--set resources.limits=null`.
 */
export function completed(schema: JsonObject, values: readonly Value[], above: readonly string[] = []): JsonObject {
  const properties = schema['properties'];
  if (!isObject(properties)) return schema;
  const children = values.filter(({ path }) => path.length === above.length + 1 && startsWith(path, above));
  const described = Object.entries(properties).map(([name, property]) => {
    const child = children.find(({ path }) => path.at(-1) === name);
    if (!isObject(property) || child === undefined) return [name, property];
    const { description: _, ...rest } = property;
    return [name, completed({ description: prose(child.comment, '\n'), ...rest }, values, child.path)];
  });
  const required = children.filter(({ standard }) => above.length === 0 || !isObject(standard));
  return {
    ...schema,
    required: required.map(({ path }) => path.at(-1) ?? ''),
    properties: Object.fromEntries(described),
  };
}

function startsWith(path: readonly string[], above: readonly string[]): boolean {
  return above.every((name, index) => path[index] === name);
}

function read(name: string): string {
  return readFileSync(join(CHART, name), 'utf8');
}
function write(name: string, content: string): void {
  writeFileSync(join(CHART, name), content);
}

function main(args: readonly string[]): void {
  const schema = parseObject(read('values.schema.json')) ?? {};
  const values = valuesOf(read('values.yaml'), schema);
  const readme = withTable(read('README.md'), values);
  const described = completed(schema, values);
  const stale = [
    ...(readme === read('README.md') ? [] : ['README.md']),
    ...(JSON.stringify(described) === JSON.stringify(schema) ? [] : ['values.schema.json']),
  ];
  if (stale.length === 0) return;
  if (args.includes('--check')) {
    process.stdout.write(`Not up to date with values.yaml: ${stale.join(', ')}. Run: npm run chart:docs\n`);
    process.exitCode = 1;
    return;
  }
  write('README.md', readme);
  write('values.schema.json', `${JSON.stringify(described, null, 2)}\n`);
  process.stdout.write(`written: ${stale.join(', ')}\n`);
}

if (import.meta.main) main(process.argv.slice(2));
