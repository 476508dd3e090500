// Every value of the chart is typed in values.schema.json and explained in values.yaml, the schema and the README.
import t from 'tap';
import { propertyOf, valuesOf, completed, withTable } from '../../scripts/chart-docs.ts';
import { isObject, parseObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { fileText } from './chart.ts';

const FIX = 'run: npm run chart:docs';
const schema: JsonObject = parseObject(fileText('charts/bluegreen/values.schema.json')) ?? {};
const readme = fileText('charts/bluegreen/README.md');
const values = valuesOf(fileText('charts/bluegreen/values.yaml'), schema);

function named(path: readonly string[]): string {
  return path.join('.');
}

/** Every property that the schema lists, with the path of its value. */
function properties(node: JsonObject, above: readonly string[] = []): readonly (readonly [string, JsonObject])[] {
  return Object.entries(isObject(node['properties']) ? node['properties'] : {}).flatMap(([name, property]) => {
    const path = [...above, name];
    return isObject(property) ? [[named(path), property] as const, ...properties(property, path)] : [];
  });
}

/** Whether a schema says anything of the values it takes. */
function isTyped(property: Json | undefined): boolean {
  return isObject(property) && ['type', 'enum', '$ref', 'oneOf', 'anyOf', 'allOf'].some((key) => key in property);
}

t.test('every value has a comment of its own', async (t) => {
  t.ok(values.length > 30);
  t.same(
    values.filter(({ comment }) => comment.join('').trim() === '').map(({ path }) => named(path)),
    [],
  );
});

t.test('every value has a type in the schema, and every property of the schema is a value', async (t) => {
  const untyped = values.filter(({ path }) => !isTyped(propertyOf(schema, path) ?? undefined));
  t.same(
    untyped.map(({ path }) => named(path)),
    [],
  );
  const known = new Set(values.map(({ path }) => named(path)));
  t.same(
    properties(schema)
      .map(([name]) => name)
      .filter((name) => !known.has(name)),
    [],
    'values.yaml shows them all',
  );
});

t.test('misspelt values are denied everywhere but in global, which other charts share', async (t) => {
  const open = [['', schema] as const, ...properties(schema)].filter(
    ([, property]) => isObject(property['properties']) && property['additionalProperties'] !== false,
  );
  t.same(
    open.map(([name]) => name),
    ['global'],
  );
});

t.test('the README lists every value with its default and its comment', async (t) => {
  t.equal(readme, withTable(readme, values), FIX);
});

t.test('the schema describes every value with the same words, and requires it', async (t) => {
  t.same(schema, completed(schema, values), FIX);
});

t.test('choices in a comment stay lines of their own', async (t) => {
  const yaml = `
# What to do
# with it:
#   keep  leave it
#   drop  take it away,
#         and all that is in it
# Think first.
what: keep
# Others.
more:
  # A|B
  one: [1, "|"]
  # Maps may be left out.
  some: {}
`;
  const known: JsonObject = { properties: { what: {}, more: { properties: { one: {}, some: {} } } } };
  const told = valuesOf(yaml, known);
  t.match(completed(known, told), {
    required: ['what', 'more'],
    properties: {
      what: {
        description: 'What to do with it:\nkeep: leave it\ndrop: take it away, and all that is in it\nThink first.',
      },
      more: { description: 'Others.', required: ['one'], properties: { one: { description: 'A|B' } } },
    },
  });
  const marks = '<!-- values: written by npm run chart:docs -->\nold\n<!-- end of values -->';
  t.match(
    withTable(`# Chart\n${marks}\nend`, told),
    [
      '| `what` | `"keep"` | What to do with it:<br>keep: leave it<br>drop: take it away, and all that is in it<br>Think first. |',
      '| **more** | | Others. |',
      '| `more.one` | `[1,"\\|"]` | A\\|B |',
    ].join('\n'),
  );
  t.throws(() => withTable('# Chart', told), /lost its mark/);
});
