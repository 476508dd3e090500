import { join } from 'node:path';
import t from 'tap';
import { CHECK_IDS, CHECKS } from '../../../webhook/policy/index.ts';
import { namesIn, VERDICTS } from './case.ts';
import { filesOf, FIXTURES, readFixture } from './fixture.ts';

const CHECKS_FOLDER = join(import.meta.dirname, '../../../webhook/policy/checks');

const files = CHECKS.flatMap(({ id }) => VERDICTS.flatMap((verdict) => filesOf(id, verdict)));

t.test('every check has a file of its name, and every file is a check', async (t) => {
  const shared = new Set(['check.ts', 'index.ts']);
  const named = namesIn(CHECKS_FOLDER).filter((file) => !shared.has(file));
  t.same(named, CHECKS.map(({ id }) => `${id}.ts`).sort());
});

t.test('the table has every id once, with a description in one line', async (t) => {
  t.equal(new Set(CHECKS.map(({ id }) => id)).size, CHECKS.length);
  for (const { id } of CHECKS) t.ok(CHECK_IDS.includes(id), id);
  for (const { id, description } of CHECKS) t.match(description, /^[A-Z`][^\n]+\.$/, id);
});

t.test('every check has at least one case that passes and one that fails', async (t) => {
  for (const { id } of CHECKS)
    for (const verdict of VERDICTS) t.not(filesOf(id, verdict).length, 0, `${id} ${verdict}`);
});

t.test('nothing stray lies among the fixtures', async (t) => {
  t.same(namesIn(FIXTURES), CHECKS.map(({ id }) => id).sort());
  for (const { id } of CHECKS) t.same(namesIn(join(FIXTURES, id)), ['fail', 'pass'], id);
  for (const file of files) t.match(file, /\/[a-z0-9-]+\.yaml$/);
});

t.test('both API groups appear for every verdict', async (t) => {
  for (const verdict of VERDICTS) {
    const groups = new Set(
      CHECKS.flatMap(({ id }) => filesOf(id, verdict)).map((file) => readFixture(file).change.group),
    );
    t.same([...groups].sort(), ['traefik.containo.us', 'traefik.io']);
  }
});
