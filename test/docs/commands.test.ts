// Every block of commands on a page is run by a test, or marked with the reason why none does.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { commandsOf } from './commands.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = globSync(['README.md', 'docs/*.md', 'examples/**/*.md', 'charts/bluegreen/README.md'], { cwd: ROOT });
/** The tests that read blocks of commands. */
const RUNNERS = globSync('test/**/*.cluster.test.ts', { cwd: ROOT })
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .filter((source) => /\b(blocksOf|commandsOf)\(|```sh/.test(source));

t.test('a test on a cluster runs the commands of every page that has some', async (t) => {
  const pages = PAGES.filter((page) => commandsOf(page).some(({ notRun }) => notRun === null));
  t.ok(pages.length > 7);
  t.same(
    pages.filter((page) => !RUNNERS.some((source) => source.includes(`'${page}'`) || source.includes(nameOf(page)))),
    [],
  );
});

/** A page of docs as tests name it. */
function nameOf(page: string): string {
  return `'${basename(page)}'`;
}

t.test('a mark names a test that is there, or needs none', async (t) => {
  const marks = PAGES.flatMap((page) => commandsOf(page).flatMap(({ notRun }) => notRun ?? []));
  t.ok(marks.length > 5);
  for (const mark of marks)
    for (const [path] of mark.matchAll(/\btest\/[\w./-]+\.ts\b/g)) t.ok(existsSync(join(ROOT, path)), path);
  const written = PAGES.flatMap((page) => readFileSync(join(ROOT, page), 'utf8').match(/<!-- not run:/g) ?? []);
  t.equal(marks.length, written.length, 'each mark is right above a block');
});

t.test('a command is in a block of the language sh', async (t) => {
  for (const page of PAGES) t.notMatch(readFileSync(join(ROOT, page), 'utf8'), /^ *```(bash|shell|zsh|cmd)$/m, page);
});
