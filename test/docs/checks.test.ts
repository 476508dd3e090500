import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CHECK_IDS, CHECKS, GUARDS } from '../../webhook/policy/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/checks.md'), 'utf8');
const rules = [...CHECKS, ...GUARDS];

t.test('the table of checks has every id once, and no other', async (t) => {
  t.same(rules.map(({ id }) => id).sort(), [...CHECK_IDS].sort());
});

t.test('every check has a section on the page, in the order in which findings are reported', async (t) => {
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, anchor]) => anchor);
  t.same(
    anchors,
    rules.map(({ id }) => id),
  );
});

t.test('a section begins with the rule as the table has it', async (t) => {
  for (const { id, description } of rules) {
    const section = page.split(`## ${id}\n`)[1]?.split('\n')[0] ?? '';
    t.not(section, '', id);
    t.ok(description.startsWith(section.replace(/\.$/, '')), `${id}: ${section}`);
  }
});

t.test('the page says what the API server decides by itself', async (t) => {
  for (const { id, cel } of rules) t.match(page, `| [${id}](#${id}) | ${cel} |`);
});
