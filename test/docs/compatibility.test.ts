// docs/compatibility.md, doctor and the chart name the versions that the matrix runs on.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { text } from '../../common/json.ts';
import { TESTED } from '../../plugin/doctor/versions.ts';
import { COLUMNS, cellsOf, ROWS } from '../runner/matrix-rows.ts';
import { toolOf } from '../cluster/versions.ts';
import type { ProgramName } from '../cluster/versions.ts';
import { parseObjects } from '../yaml.ts';
import { pageText, rowsOf, sectionOf } from './page.ts';

const ROOT = join(import.meta.dirname, '../..');

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The versions of a program in the rows, the oldest first. */
function tested(program: ProgramName): readonly string[] {
  return ROWS.map((row) => row[program]).toSorted(byNumber);
}

t.test('the page has the rows of the matrix, with their versions in full', async (t) => {
  const rows = rowsOf(sectionOf('compatibility.md', 'Tested'));
  t.same(
    rows.map((cells) => cells.slice(0, 5)),
    ROWS.map((row, index) => [String(index + 1), ...cellsOf(row)]),
  );
  for (const cells of rows) t.equal(cells.length, 5 + Object.keys(COLUMNS).length);
  t.match(pageText('compatibility.md'), /were run on \d{4}-\d\d-\d\d/);
});

t.test('the page says what npm test runs on', async (t) => {
  const [kubernetes, traefik, helm] = [
    toolOf('kubernetes', '1.37').version,
    toolOf('traefik', '3.7').version,
    toolOf('helm', '3').version,
  ];
  const said = pageText('compatibility.md').replaceAll('\n', ' ');
  t.match(said, `on Kubernetes ${kubernetes}, Traefik ${traefik}, Helm ${helm} and kubectl ${kubernetes}`);
});

t.test('each version is in a row, and so are the oldest of all and the newest of all', async (t) => {
  for (const program of ['kubernetes', 'traefik', 'helm', 'kubectl'] as const satisfies readonly ProgramName[]) {
    const versions = tested(program);
    t.equal(ROWS[0]?.[program], versions[0], `the oldest ${program} is in the first row`);
    t.equal(ROWS.at(-1)?.[program], versions.at(-1), `the newest ${program} is in the last row`);
  }
});

t.test('doctor, its page and the chart name the same range', async (t) => {
  t.equal(TESTED.kubernetes.newest, tested('kubernetes').at(-1));
  t.equal(TESTED.traefik.oldest, tested('traefik')[0]);
  t.equal(TESTED.traefik.newest, tested('traefik').at(-1));
  const [chart] = parseObjects(readFileSync(join(ROOT, 'charts/bluegreen/Chart.yaml'), 'utf8'));
  t.equal(text(chart?.['kubeVersion']), `>=${TESTED.kubernetes.oldest}.0-0`);
  for (const program of ['kubernetes', 'traefik'] as const) {
    const { oldest, newest } = TESTED[program];
    t.match(sectionOf('doctor.md', `${program}-version`), `is ${oldest} to ${newest}`);
  }
});
