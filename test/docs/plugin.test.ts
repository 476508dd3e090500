import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { COMMANDS } from '../../plugin/commands/index.ts';
import { EXIT } from '../../plugin/cli/io.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/plugin.md'), 'utf8');
const shown = COMMANDS.filter((command) => !command.hidden);
const sections = new Map(page.split(/^## /m).map((section) => [section.split('\n')[0] ?? '', section]));
const common = sections.get('In common') ?? '';

t.test('every command has a section, in the order of the help', async (t) => {
  const headings = [...sections.keys()].filter((heading) => /^[a-z-]+$/.test(heading));
  t.strictSame(
    headings,
    shown.map(({ name }) => name),
  );
});

t.test('a section begins with usage and summary as the help has them', async (t) => {
  for (const { name, usage, summary } of shown) {
    const line = `\`${['kubectl bluegreen', name, usage].filter((word) => word !== '').join(' ')}\`: ${summary}.`;
    t.equal(sections.get(name)?.split('\n\n')[1]?.replaceAll('\n', ' '), line);
  }
});

t.test('a section names every flag of its command, unless all have it', async (t) => {
  for (const { name, flags } of shown) {
    const text = `${sections.get(name)}${common}`;
    for (const flag of flags.filter((each) => !each.hidden && each.name !== 'output')) {
      t.ok(text.includes(`--${flag.name}`), `${name} --${flag.name}`);
    }
  }
});

t.test('the page has every exit code', async (t) => {
  for (const code of Object.values(EXIT)) t.match(common, `| ${code} |`);
});
