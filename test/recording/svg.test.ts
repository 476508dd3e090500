import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseScreen } from './screen.ts';
import { shortened, toSvg } from './svg.ts';

const FRAMES = [
  { at: 0, rows: parseScreen('$ status\nblue <active>') },
  { at: 1000, rows: parseScreen('$ status\ngreen') },
  { at: 3000, rows: parseScreen('$ status\nblue <active>') },
];
const svg = toSvg({ title: 'A & B', columns: 20, frames: FRAMES, duration: 4000, rules: [1] });

/** What would load or run something. */
const LOADS = /\s(href|src|on\w+)=|url\(|@import|<(script|image|foreignObject)\b/;

/** The class of the group that has a text. */
function groupOf(text: string): string {
  const before = svg.slice(0, svg.indexOf(text));
  return /<g(?: class="([^"]*)")?>(?!.*<g)/s.exec(before)?.[1] ?? '';
}

t.test('what never changes is not animated', async (t) => {
  t.equal(groupOf('$ status'), '');
  t.equal(svg.split('$ status').length, 2, 'and is there once');
});

t.test('what changes shows in its times', async (t) => {
  const [name = ''] = /t\d+/.exec(groupOf('>green<').replace(/^t /, '')) ?? [];
  t.match(svg, `@keyframes ${name}{0%{opacity:0}25%{opacity:1}75%{opacity:0}}`);
  const [again = ''] = /t\d+/.exec(groupOf('blue &lt;active&gt;').replace(/^t /, '')) ?? [];
  t.match(svg, `@keyframes ${again}{0%{opacity:1}25%{opacity:0}75%{opacity:1}}`);
});

t.test('long pauses are shortened, short ones are as they were', async (t) => {
  const at = [0, 200, 5000, 5100, 9000].map((time) => ({ at: time, rows: [] }));
  t.same(
    shortened(at, 600).map((frame) => frame.at),
    [0, 200, 800, 900, 1500],
  );
});

t.test('without motion it shows the last frame', async (t) => {
  t.match(groupOf('blue &lt;active&gt;'), / z$/);
  t.notMatch(groupOf('>green<'), / z$/);
  t.match(svg, '.t{opacity:0}.z{opacity:1}');
});

t.test('it loads nothing, runs nothing, and has colors for both schemes', async (t) => {
  t.match(svg, '<title>A &amp; B</title>');
  t.match(svg, '@media (prefers-color-scheme:dark)');
  t.notOk(LOADS.test(svg));
});

t.test('the recorded picture is small, and is a release that rolled back', async (t) => {
  const file = join(import.meta.dirname, '../../docs/images/release.svg');
  t.ok(statSync(file).size < 500_000);
  const recorded = readFileSync(file, 'utf8');
  t.notOk(LOADS.test(recorded));
  for (const text of ['kubectl bluegreen release shop', 'failed its analysis', 'rolled back', 'is active again'])
    t.ok(recorded.includes(text), text);
});
