// The GitHub workflows run what a developer runs, with nothing that can move under them and few rights.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { at, get, isObject, list, parseObject, text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { fileText } from '../chart/chart.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = '.github/workflows';
const files = readdirSync(join(ROOT, FOLDER));
const scripts = new Set(Object.keys(get(parseObject(fileText('package.json')), 'scripts') ?? {}));

function read(path: string): Json {
  const parsed: Json = parse(fileText(path));
  return parsed;
}
function entries(value: unknown): readonly (readonly [string, Json | undefined])[] {
  return isObject(value) ? Object.entries(value) : [];
}
const workflows = files.map((file) => ({ file, workflow: read(`${FOLDER}/${file}`) }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  entries(get(workflow, 'jobs')).map(([name, job]) => ({ file, name, job })),
);
const steps = jobs.flatMap(({ file, job }) => list(get(job, 'steps')).map((step) => ({ file, step })));
const used = [...jobs.map(({ job }) => job), ...steps.map(({ step }) => step)].flatMap(
  (each) => text(get(each, 'uses')) ?? [],
);
const commands = steps.flatMap(({ step }) => text(get(step, 'run')) ?? []);

t.test('there are checks for every change, a release for every tag, and the site', async (t) => {
  t.same(files.toSorted(), ['checks.yml', 'release.yml', 'site.yml']);
  t.ok(steps.length > 10);
});

t.test('every npm command in them is a script of package.json', async (t) => {
  const named = commands.flatMap((command) => [...command.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name]) => name));
  t.ok(named.length >= 7, named.join(' '));
  for (const name of named) t.ok(scripts.has(name ?? ''), `npm run ${name}`);
});

t.test('types, linter, formatter, all tests and the release are among them', async (t) => {
  const all = commands.join('\n');
  for (const command of ['run typecheck', 'run lint', 'run format:check', 'test', 'run audit', 'run release'])
    t.match(all, `npm ${command}`);
});

t.test('files that they name exist', async (t) => {
  const paths = [...commands, ...used].flatMap((line) => line.match(/(?:\.\/)?(?:scripts|\.github)\/[\w./-]+/g) ?? []);
  t.ok(paths.length > 0);
  for (const path of paths) t.ok(existsSync(join(ROOT, path)), path);
});

t.test('actions are pinned by commit, with their version beside it', async (t) => {
  const lines = files.flatMap((file) =>
    fileText(`${FOLDER}/${file}`)
      .split('\n')
      .filter((line) => /uses:/.test(line)),
  );
  t.equal(lines.length, used.length);
  for (const line of lines.filter((each) => !each.includes('uses: ./')))
    t.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

t.test('a workflow may read; release and site may write what they publish, and nothing else', async (t) => {
  for (const { file, workflow } of workflows) t.same(get(workflow, 'permissions'), { contents: 'read' }, file);
  const more = jobs.filter(({ job }) => get(job, 'permissions') !== undefined);
  t.same(
    more.map(({ file, name, job }) => [file, name, get(job, 'permissions')]),
    [
      ['release.yml', 'release', { contents: 'write', packages: 'write', 'id-token': 'write', attestations: 'write' }],
      ['site.yml', 'site', { contents: 'read', pages: 'write', 'id-token': 'write' }],
    ],
  );
  const checkouts = steps.filter(({ step }) => text(get(step, 'uses'))?.startsWith('actions/checkout@'));
  t.equal(checkouts.length, 4);
  for (const { file, step } of checkouts) t.equal(at(step, 'with', 'persist-credentials'), false, file);
});

t.test('nothing that somebody else can write is put into a command', async (t) => {
  for (const command of commands) t.notMatch(command, '${{', command);
});

t.test('every job ends by itself, and the release waits for the checks', async (t) => {
  const own = jobs.filter(({ job }) => get(job, 'uses') === undefined);
  for (const { name, job } of own) t.type(get(job, 'timeout-minutes'), 'number', name);
  t.same(at(read(`${FOLDER}/release.yml`), 'jobs', 'release', 'needs'), 'checks');
  const triggers = entries(get(read(`${FOLDER}/checks.yml`), 'on')).map(([name]) => name);
  t.ok(triggers.includes('workflow_call'));
});

t.test('what Dependabot is to look at is there', async (t) => {
  const updates = list(get(read('.github/dependabot.yml'), 'updates')).map((each) => get(each, 'package-ecosystem'));
  t.same(updates, ['npm', 'npm', 'github-actions', 'docker']);
});

t.test('issue forms ask for what a maintainer needs', async (t) => {
  for (const file of readdirSync(join(ROOT, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml')) {
    const form = read(`.github/ISSUE_TEMPLATE/${file}`);
    for (const key of ['name', 'description', 'body']) t.ok(get(form, key), `${file}: ${key}`);
    const fields = list(get(form, 'body'));
    for (const field of fields) t.match(get(field, 'type'), /^(markdown|textarea|input)$/);
    const ids = fields.flatMap((field) => text(get(field, 'id')) ?? []);
    t.equal(new Set(ids).size, ids.length, `${file}: ids`);
  }
});
