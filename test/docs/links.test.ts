// Every link of every page leads to a file and a heading that are there, and so does every address that a program prints.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import t from 'tap';
import { CHECKS } from '../../plugin/doctor/finding.ts';
import { CHECK_IDS } from '../../webhook/policy/index.ts';
import { slugOf } from '../../site/slug.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = globSync(['*.md', 'docs/*.md', '{charts,examples,plugin,webhook,test}/**/*.md', '.github/*.md'], {
  cwd: ROOT,
  exclude: ['**/node_modules/**'],
}).toSorted();

/** A page without its code: a # there is no heading, and brackets are no link. */
function proseOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8').replaceAll(/^ *```[^]*?^ *```/gm, '');
}

function anchorsOf(path: string): ReadonlySet<string> {
  const headings = [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
  return new Set(headings);
}

function leadsNowhere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page : relative(ROOT, join(ROOT, dirname(page), file));
  if (!existsSync(join(ROOT, path))) return true;
  return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).has(anchor);
}

t.test('every link to a file or a heading holds', async (t) => {
  t.ok(PAGES.length > 15);
  const targets = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target })),
  ).filter(({ target }) => !/^[a-z]+:/.test(target));
  t.ok(targets.length > 100, `${targets.length} links`);
  t.same(
    targets.filter(({ page, target }) => leadsNowhere(page, target)).map(({ page, target }) => `${page}: ${target}`),
    [],
  );
});

t.test('no heading is there twice on a page: its anchor would lead to the first', async (t) => {
  for (const page of PAGES.filter((each) => each.startsWith('docs/'))) {
    const anchors = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
    t.same(
      anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index),
      [],
      page,
    );
  }
});

t.test('the address of every denial is a heading', async (t) => {
  const anchors = anchorsOf('docs/checks.md');
  for (const id of CHECK_IDS) t.ok(anchors.has(id), id);
});

t.test('the address of every finding of doctor is a heading', async (t) => {
  const anchors = anchorsOf('docs/doctor.md');
  for (const id of Object.keys(CHECKS)) t.ok(anchors.has(id), id);
});

t.test('the runbook of every alert is a heading', async (t) => {
  const anchors = anchorsOf('docs/operations.md');
  const alerts = readFileSync(join(ROOT, 'charts/bluegreen/files/alerts.yaml'), 'utf8').matchAll(/alert: (\w+)/g);
  const names = [...alerts].map(([, name = '']) => name.toLowerCase());
  t.ok(names.length > 10);
  t.same(
    names.filter((name) => !anchors.has(name)),
    [],
  );
});

/** What a program may print: comments may name what they like. */
function withoutComments(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8').replaceAll(/^\s*(\/?\*|\/\/).*$/gm, '');
}

t.test('every address of a page in the sources holds', async (t) => {
  const sources = globSync(['{plugin,webhook,common}/**/*.{ts,tsx}', 'charts/bluegreen/templates/*.{yaml,tpl,txt}'], {
    cwd: ROOT,
  });
  const found = sources.flatMap((source) =>
    [...withoutComments(source).matchAll(/(?:\bdocs|DOCS_URL\})\/([a-z-]+\.md)(#[a-z0-9-]+)?/g)].map(
      ([, page = '', anchor = '']) => ({ source, target: `docs/${page}${anchor}` }),
    ),
  );
  t.ok(found.length > 0);
  t.same(
    found.filter(({ target }) => leadsNowhere('README.md', target)),
    [],
  );
});
