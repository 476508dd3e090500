// Pages and help texts use the words of the glossary in CONTRIBUTING.md, and lines that a diff can show.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commandHelp, mainHelp, optionsHelp } from '../../plugin/cli/help.ts';
import { COMMAND_GROUPS, COMMANDS } from '../../plugin/commands/index.ts';
import { faultsIn, longLinesIn } from './prose.ts';
import type { Fault } from './prose.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = globSync(
  ['*.md', 'docs/*.md', '{charts,examples,plugin,webhook,test}/**/*.md', '.github/**/*.{md,yml}'],
  { cwd: ROOT, exclude: ['**/node_modules/**'] },
).toSorted();
function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
function reported(path: string, faults: readonly Fault[]): readonly string[] {
  return faults.map(({ line, words, instead }) => `${path}:${line}: "${words}": ${instead}`);
}

t.test('the pages use plain words', async (t) => {
  t.ok(PAGES.length > 15, PAGES.join(' '));
  for (const page of PAGES) t.same(reported(page, faultsIn(read(page))), [], page);
});

t.test('prose on the pages ends at 120 columns', async (t) => {
  for (const page of PAGES.filter((each) => each.endsWith('.md')))
    t.same(reported(page, longLinesIn(read(page))), [], page);
});

t.test('the help texts use plain words', async (t) => {
  const shown = COMMANDS.filter(({ hidden }) => !hidden);
  t.ok(shown.length > 15);
  t.same(reported('kubectl bluegreen', faultsIn(mainHelp(COMMAND_GROUPS))), []);
  t.same(reported('kubectl bluegreen options', faultsIn(optionsHelp())), []);
  for (const command of shown) {
    const line = `kubectl bluegreen ${command.name} --help`;
    t.same(reported(line, faultsIn(commandHelp(command))), [], line);
  }
});

t.test('a fault has its line, its words and a better wording', async (t) => {
  t.same(faultsIn('One line.\n\nThe request is\nrefused.\n'), [
    { line: 4, words: 'refused', instead: 'write "deny", "denied", "denial", or "fails"' },
  ]);
});

const BAD = [
  'Nobody answers.',
  'Whoever reaches the port may send reviews.',
  'Somebody who may has to do it.',
  'Who reads it can pose as the webhook.',
  'Where it does not, that is said, before the switch.',
  'This is told\nonce.',
  'What could not be read is said.',
  'What cannot be used is not taken.',
  'The annotation stands on the object.',
  'What a live color rests on.',
  'It is behind the other color in no case.',
  'The linter must be without a word.',
  'The process looks around first.',
  'The color turns out bad.',
  'The request is refused.',
  'Each violation is one line.',
  'The guard entry is called.',
  'Blue is live.',
  'The live color serves production.',
  'The idle color is next.',
  'The color that was left goes to zero.',
  'The webhook is armed.',
  'It retires the release.',
  'The watch ends after five minutes.',
  'The guardrail for releases.',
];
const GOOD = [
  'The webhook denies the request and reports the reason.',
  'If the look-up fails, the request is allowed with a warning.',
  'What does a rollback need?',
  'The live view of `status -w` redraws in place.',
  'The history has one entry; Traefik has an entry point `web`.',
  'The memory at rest is 73 MiB, and the rest on disk.',
  'The command prints `refused` and "nobody answers".',
  '```sh\necho refused\n```',
  '[the page](somebody.md)',
];

t.test('wordings that no page may have, and some that are fine', async (t) => {
  for (const text of BAD) t.not(faultsIn(text).length, 0, text);
  for (const text of GOOD) t.same(faultsIn(text), [], text);
});

t.test('a long line is a fault, but not in a table, a heading or code', async (t) => {
  const long = 'x '.repeat(61);
  t.same(longLinesIn(`short\n${long}\n`), [{ line: 2, words: '122 columns', instead: 'break the line at 120' }]);
  t.same(longLinesIn(`| ${long} |\n# ${long}\n\`\`\`sh\n${long}\n\`\`\`\n${'→'.repeat(120)}\n`), []);
});
