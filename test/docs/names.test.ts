// Every value of the chart, command and flag that a message or a page names exists.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { GLOBAL_FLAGS } from '../../plugin/cli/flags.ts';
import { COMMANDS } from '../../plugin/commands/index.ts';
import { parseObject, text } from '../../common/json.ts';
import { DOCS_URL } from '../../common/docs.ts';
import { propertyOf, valuesOf } from '../../scripts/chart-docs.ts';

const ROOT = join(import.meta.dirname, '../..');
const schema = parseObject(textOf('charts/bluegreen/values.schema.json')) ?? {};
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  'charts/bluegreen/README.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'));
const sources = ['plugin', 'webhook'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`),
);

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What a pattern's first group finds in the files that is not `known`, with the file. */
function strangers(paths: readonly string[], pattern: RegExp, known: (found: string) => boolean): readonly string[] {
  return paths.flatMap((path) =>
    [...textOf(path).matchAll(pattern)]
      .map(([, found = '']) => found)
      .filter((found) => !known(found))
      .map((found) => `${path}: ${found}`),
  );
}

/** Labels and annotations of an object are free: the last part of such a path is the user's own. */
function isValue(path: string): boolean {
  const parts = path.split('.');
  return propertyOf(schema, parts) !== null || propertyOf(schema, parts.slice(0, -1)) !== null;
}

t.test('every value that --set sets exists', async (t) => {
  t.same(strangers([...pages, ...sources], /--set(?:-string)?[ =](?:'|")?([A-Za-z]\w*(?:\.\w+)*)=/g, isValue), []);
});

t.test('every value that a message or a page calls by its path exists', async (t) => {
  const sections = valuesOf(textOf('charts/bluegreen/values.yaml'), schema)
    .filter(({ path, standard }) => path.length === 1 && standard === undefined)
    .map(({ path: [name = ''] }) => name);
  const path = new RegExp(`(?:value |\`)((?:${sections.join('|')})(?:\\.[a-zA-Z]\\w*)+)`, 'g');
  t.ok(sections.length > 10);
  t.same(strangers([...pages, ...sources], path, isValue), []);
});

t.test('every command of the plugin that a message or a page names exists', async (t) => {
  const names = new Set([...COMMANDS.map(({ name }) => name), 'help']);
  t.same(
    strangers([...pages, ...sources], /kubectl bluegreen ([a-z]+(?:-[a-z]+)*)/g, (name) => names.has(name)),
    [],
  );
});

t.test('every flag that follows a command of the plugin is one of its flags', async (t) => {
  const found = [...pages, ...sources].flatMap((path) =>
    [...textOf(path).matchAll(/kubectl bluegreen ([a-z]+(?:-[a-z]+)*)([^`\n|'"]*)/g)].flatMap(([, name, rest = '']) => {
      const command = COMMANDS.find((each) => each.name === name);
      const own = new Set([...GLOBAL_FLAGS, ...(command?.flags ?? [])].map((flag) => `--${flag.name}`));
      const [line = ''] = rest.split(/ -- |;|&&/);
      return [...line.matchAll(/ (--[a-z][a-z0-9-]*)/g)]
        .map(([, flag = '']) => flag)
        .filter((flag) => command !== undefined && flag !== '--help' && !own.has(flag))
        .map((flag) => `${path}: ${name} ${flag}`);
    }),
  );
  t.same(found, []);
});

t.test('the chart, the package and the plugin agree where the pages are', async (t) => {
  const docsUrl = valuesOf(textOf('charts/bluegreen/values.yaml'), schema).find(({ path }) => path[0] === 'docsUrl');
  t.equal(docsUrl?.standard, DOCS_URL);
  const home = text(parseObject(textOf('package.json'))?.['homepage']) ?? '';
  t.ok(DOCS_URL.startsWith(`${home}/`));
  t.match(textOf('charts/bluegreen/Chart.yaml'), `\nhome: ${home}\n`);
});
