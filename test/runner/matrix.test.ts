// The table of the matrix, and the versions that a run is told.
import t from 'tap';
import { chosenVersions, NEWEST, VERSIONS } from '../cluster/versions.ts';
import { isGreen, markdownTable, verdicts } from './matrix-report.ts';
import { COLUMNS, ROWS, toolsOf } from './matrix-rows.ts';
import { findFiles } from './suites.ts';

function result(file: string, failed: number) {
  return { file, totals: { passed: 1, failed, skipped: 0 }, ms: 1, cpu: 1, output: '' };
}

const files = findFiles(['programs', 'cluster'], Object.values(COLUMNS).flat());

t.test('a row is green when every file of every column ran and passed', async (t) => {
  const all = verdicts(
    NEWEST,
    files.map((file) => result(file, 0)),
  );
  t.ok(isGreen(all), all.join(' '));
  const one = verdicts(
    NEWEST,
    files.map((file) => result(file, file.includes('guards') ? 1 : 0)),
  );
  t.notOk(isGreen(one));
  t.match(one.join(' '), /passed FAILED passed$/);
  const moved = verdicts(
    NEWEST,
    files.filter((file) => !file.includes('playbook')).map((file) => result(file, 0)),
  );
  t.notOk(isGreen(moved), 'a file that was moved did not pass');
  t.match(moved.join(' '), / not run passed /);
  t.match(markdownTable([['1', ...all]]), /^\| {2}\| Kubernetes .*\n\|( --- \|)+\n\| 1 \| 1\.37\.2 \|/);
});

t.test('a run takes the versions that it is told, and the newest otherwise', async (t) => {
  t.equal(chosenVersions({}), null);
  t.same(chosenVersions({ [VERSIONS]: '{}' }), NEWEST);
  for (const row of ROWS) t.same(chosenVersions({ [VERSIONS]: JSON.stringify(row) }), row);
  t.throws(() => chosenVersions({ [VERSIONS]: '{"traefik":"1.7"}' }), /there is no traefik "1\.7", only 2\.11, 3\.0/);
});

t.test('a row names the tools that have to be built for it', async (t) => {
  t.same(toolsOf(NEWEST), ['kubernetes', 'traefik', 'helm']);
  t.same(toolsOf({ ...NEWEST, kubernetes: '1.30', kubectl: '1.35', helm: '4', traefik: '2.11' }), [
    'kubernetes130',
    'traefik2',
    'helm4',
    'kubectl135',
  ]);
});
