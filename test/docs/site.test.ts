// The site's order of pages, and the look for links that lead nowhere.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { answers, brokenLinks } from '../../scripts/site/links.ts';
import { addressOf, GROUPS } from '../../site/navigation.ts';
import { slugOf } from '../../site/slug.ts';

const ROOT = join(import.meta.dirname, '../..');
const listed = GROUPS.flatMap(({ items }) => items.map(({ page }) => page));

t.test('every page for users is in the navigation', async (t) => {
  const paths = new Set(listed.map((page) => page.split('#')[0]));
  const pages = globSync(['docs/*.md', 'examples/README.md', 'charts/bluegreen/README.md'], { cwd: ROOT });
  t.ok(pages.length > 10);
  t.same(
    pages.filter((page) => !paths.has(page)),
    [],
  );
});

t.test('every section in the navigation is on its page', async (t) => {
  for (const page of listed) {
    const [path = '', anchor] = page.split('#');
    if (anchor === undefined || !existsSync(join(ROOT, path))) continue;
    const headings = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^#+ (.+)$/gm)];
    t.ok(
      headings.some(([, heading = '']) => slugOf(heading) === anchor),
      page,
    );
  }
});

t.test('an address has no ending, and the first page is the root', async (t) => {
  t.equal(addressOf('README.md#try-it'), '/#try-it');
  t.equal(addressOf('docs/operations.md#remove'), '/docs/operations#remove');
});

t.test('an anchor is made as code hosts make it', async (t) => {
  t.equal(slugOf('A day later: scale the previous color to zero'), 'a-day-later-scale-the-previous-color-to-zero');
  t.equal(slugOf('BluegreenDown'), 'bluegreendown');
});

const FILES = new Map([
  ['index.html', '<h1 id="top">x</h1><a href="/docs/checks#smoke-test">1</a> <a class="x" href="#top">2</a>'],
  ['docs/checks.html', '<h2 class="y" id="smoke-test">x</h2><a href="./gone">3</a> <a href="/#gone">4</a>'],
  ['docs/checks.md/index.html', '<a href="/docs/checks">5</a> <a href="https://traefik.io">6</a>'],
  ['LICENSE', ''],
]);

t.test('a link that leads nowhere is found, by file and by anchor', async (t) => {
  t.same(brokenLinks(FILES), ['docs/checks.html: ./gone', 'docs/checks.html: /#gone']);
});

t.test('the site answers addresses as a static host does', async (t) => {
  for (const address of ['/', '/LICENSE', '/docs/checks', '/docs/checks.md', '/docs/checks#smoke-test'])
    t.ok(answers(FILES, address), address);
  for (const address of ['/docs', '/docs/check', '/docs/checks#smoke']) t.notOk(answers(FILES, address), address);
});
