// docs/troubleshooting.md has every denial of the fixtures and every title of doctor, by its text.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { list, text } from '../../common/json.ts';
import { CHECKS } from '../../plugin/doctor/finding.ts';
import { CHECK_IDS } from '../../webhook/policy/index.ts';
import { rowsOf, sectionOf } from './page.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A row: the check that it links, and its text with … for what differs. */
interface Row {
  readonly check: string;
  readonly text: string;
}

function rowsIn(heading: string): readonly Row[] {
  return rowsOf(sectionOf('troubleshooting.md', heading)).flatMap(([cell = '']) => {
    const [, check = '', words = ''] = /^\[([a-z-]+)\]\([^)]*\): `(.*)`$/.exec(cell) ?? [];
    return check === '' ? [] : [{ check, text: words }];
  });
}

function matches(row: Row, message: string): boolean {
  const pattern = row.text.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${row.check}: ${pattern.join('.*')}`).test(message);
}

const rows = rowsIn('Denials');
const messages = globSync('test/webhook/policy/{fixtures,guards}/*/{pass,fail}/*.yaml', { cwd: ROOT }).flatMap(
  (file) => {
    const { denied, warned } = parse(readFileSync(join(ROOT, file), 'utf8'));
    return [...list(denied), ...list(warned)].flatMap((each) => text(each)?.replace(/^overridden \(.*?\): /, '') ?? []);
  },
);

t.test('every denial and warning has a row', async (t) => {
  t.ok(messages.length > 150, `${messages.length} messages`);
  t.same(
    messages.filter((message) => !rows.some((row) => matches(row, message))),
    [],
  );
});

t.test('every row is of a denial that exists, and every check has one', async (t) => {
  t.same(
    rows.filter((row) => !messages.some((message) => matches(row, message))),
    [],
  );
  const checks = new Set(rows.map(({ check }) => check));
  t.same([...checks].toSorted(), [...CHECK_IDS].toSorted());
});

/** The titles in the sources of doctor, with … for what differs; those that begin with a name have no text of their own. */
const titles = globSync('plugin/doctor/*.ts', { cwd: ROOT })
  .flatMap((file) => [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(/\.(?:warn|fail|unknown)\(\s*(?:'([^']*)'|`([^`]*)`)/g),
  ])
  .map(([, plain, template]) => plain ?? (template ?? '').replaceAll(/\$\{[^}]*\}/g, '…'))
  .filter((title) => !/^[…: ]*$/.test(title));

t.test('every title of doctor has a row, and every row is a title', async (t) => {
  const found = rowsIn('Findings of doctor');
  t.ok(titles.length > 20, `${titles.length} titles`);
  t.same([...new Set(titles)].toSorted(), found.map((row) => row.text).toSorted());
  t.same(
    found.filter(({ check }) => !(check in CHECKS)),
    [],
  );
});
