// `helm lint` has nothing to say, and what Chart.yaml links is on the site.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { at, isObject, list, text } from '../../common/json.ts';
import { CHART, fileText, helm } from './chart.ts';

const ROOT = join(import.meta.dirname, '..', '..');

t.test('helm lint prints neither an error, nor a warning, nor advice', async (t) => {
  const { code, stdout, stderr } = await helm([
    'lint',
    CHART,
    '--strict',
    '--set',
    'image.registry=registry.example.com',
  ]);
  t.equal(code, 0, `${stdout}${stderr}`);
  t.match(stdout, '1 chart(s) linted, 0 chart(s) failed');
  t.notMatch(`${stdout}${stderr}`, /\[(INFO|WARNING|ERROR)\]/);
});

t.test('Chart.yaml has what Artifact Hub shows, and its links are pages of the site', async (t) => {
  const chart = parse(fileText('charts/bluegreen/Chart.yaml'));
  const home = text(at(chart, 'home')) ?? '';
  const links = parse(text(at(chart, 'annotations', 'artifacthub.io/links')) ?? '');
  const urls = [...list(links), ...list(at(chart, 'maintainers'))].map((each) => text(at(each, 'url')) ?? '');
  t.ok(isObject(chart) && urls.length > 3);
  for (const url of [...urls, ...list(at(chart, 'sources')).map((source) => text(source) ?? '')])
    t.ok(url.startsWith(`${home}/`) && existsSync(join(ROOT, `${url.slice(home.length + 1)}.md`)), url);
  t.equal(at(chart, 'icon'), `${home}/icon.svg`);
  t.ok(existsSync(join(ROOT, 'docs', 'images', 'icon.svg')));
});
