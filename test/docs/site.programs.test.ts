// The site builds without a warning, without a link that leads nowhere, and has the addresses that programs print.
import { join } from 'node:path';
import t from 'tap';
import { DOCS_URL } from '../../common/docs.ts';
import { CHECKS } from '../../plugin/doctor/finding.ts';
import { run } from '../../scripts/lib/run.ts';
import { readSite } from '../../scripts/site/files.ts';
import { answers } from '../../scripts/site/links.ts';
import { CHECK_IDS } from '../../webhook/policy/index.ts';

const ROOT = join(import.meta.dirname, '../..');

const { code, stdout, stderr } = await run(process.execPath, [join(ROOT, 'scripts', 'site.ts')], { cwd: ROOT });
t.equal(code, 0, `${stdout}${stderr}`);
const files = readSite(join(ROOT, 'dist', 'site'));
const docs = new URL(DOCS_URL).pathname;

t.test('a denial and a finding of doctor name a page that forwards to the section', async (t) => {
  for (const page of ['checks.md', 'doctor.md', 'operations.md', 'first-day.md']) {
    t.ok(answers(files, `${docs}/${page}`), page);
    const target = `${docs}/${page.replace(/\.md$/, '')}`;
    t.match(files.get(`${docs.slice(1)}/${page}/index.html`), `location.replace('${target}' + location.hash)`);
  }
  for (const id of CHECK_IDS) t.ok(answers(files, `${docs}/checks#${id}`), id);
  for (const id of Object.keys(CHECKS)) t.ok(answers(files, `${docs}/doctor#${id}`), id);
});

t.test('the first page has its pictures and its diagram', async (t) => {
  const home = files.get('index.html') ?? '';
  t.match(home, /<img [^>]*src="\/assets\/release\.[\w-]+\.svg"/);
  t.match(home, '<pre class="mermaid">flowchart');
  t.ok(files.has('mermaid.js'));
});
