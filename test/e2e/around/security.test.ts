// docs/security.md and the tests say the same about every way around.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CASES } from './cases.ts';

const ROOT = join(import.meta.dirname, '../../..');
function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

interface Row {
  readonly name: string;
  readonly verdict: string;
  readonly why: string;
  /** `around`, or a file and a part of it. */
  readonly test: string;
}

const rows: readonly Row[] = read('docs/security.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, , verdict = '']) => ['prevented', 'detected', 'accepted'].includes(verdict))
  .map(([, name = '', verdict = '', why = '', test = '']) => ({ name, verdict, why, test }));
const around = rows.filter(({ test }) => test === 'around');

t.test('every case has its row, with its verdict, in any order', async (t) => {
  const told = around.map(({ name, verdict }) => `${name}: ${verdict}`).sort();
  t.same(told, CASES.map(({ name, verdict }) => `${name}: ${verdict}`).sort());
});

t.test('no case is told twice, and each row gives a reason', async (t) => {
  t.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
  t.same(
    rows.filter(({ why }) => why === ''),
    [],
  );
});

t.test('the other tests that rows name exist', async (t) => {
  for (const { name, test } of rows.filter((row) => row.test !== 'around')) {
    const [path = '', words = ''] = test.split(': ', 2);
    t.ok(existsSync(join(ROOT, path)), `${name}: ${path}`);
    const end = test.slice(path.length + 2);
    t.ok(end !== '' && existsSync(join(ROOT, path)) && read(path).includes(end), `${name}: ${words} in ${path}`);
  }
});

t.test('what is prevented or detected is told in words that the test looks for', async (t) => {
  t.same(
    CASES.filter(({ verdict, says }) => (verdict === 'accepted') !== (says === undefined)),
    [],
  );
});
