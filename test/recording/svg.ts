// A recorded session as one SVG that plays by itself, in a page's light or dark colors, without scripts and fonts.
import { width } from './screen.ts';
import type { Row, Span } from './screen.ts';

/** What the screen showed from a time on. */
export interface Frame {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly rows: readonly Row[];
}

export interface Picture {
  readonly title: string;
  readonly columns: number;
  readonly frames: readonly Frame[];
  /** How long it plays, the time on its last frame included, in milliseconds. */
  readonly duration: number;
  /** Rows above which a line is drawn, between two terminals. */
  readonly rules: readonly number[];
}

const COLUMN = 8.4;
const LINE = 19;
const MARGIN = 16;
const FONT = "14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
/** Black, red, green, yellow, blue, magenta, cyan, white. */
const LIGHT = ['#1f2328', '#b3261e', '#116329', '#7d4e00', '#0550ae', '#8250df', '#0b6470', '#57606a'];
const DARK = ['#8b949e', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#f0f6fc'];

/** When a row's content shows: [from, to) in milliseconds, in order. */
type Times = readonly (readonly [number, number])[];

interface Shown {
  readonly markup: string;
  readonly times: Times;
}

/** The frames with shorter pauses: what lasted longer than `limit` milliseconds takes that long. */
export function shortened(frames: readonly Frame[], limit: number): readonly Frame[] {
  let [before, at] = [0, 0];
  return frames.map((frame) => {
    at += Math.min(frame.at - before, limit);
    before = frame.at;
    return { ...frame, at };
  });
}

/** The picture's text. It plays forever; where a reader prefers no motion, it shows the last frame. */
export function toSvg({ title, columns, frames, duration, rules }: Picture): string {
  const rows = Math.max(...frames.map((frame) => frame.rows.length));
  const size = { x: columns * COLUMN + 2 * MARGIN, y: rows * LINE + 2 * MARGIN };
  const groups = Map.groupBy(shownIn(frames, duration), ({ times }) => JSON.stringify(times));
  const styles: string[] = [];
  const body = [...groups.values()].map((group, index) => {
    const times = group[0]?.times ?? [];
    const markup = group.map((each) => each.markup).join('');
    if (times.length === 1 && times[0]?.[0] === 0 && times[0][1] === duration) return `<g>${markup}</g>`;
    styles.push(keyframes(`t${index}`, times, duration));
    const last = times.at(-1)?.[1] === duration ? ' z' : '';
    return `<g class="t t${index}${last}">${markup}</g>`;
  });
  const lines = rules.map((row) => {
    const y = MARGIN + row * LINE - LINE / 2;
    return `<line x1="0" x2="${size.x}" y1="${y}" y2="${y}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.x} ${size.y}" width="${size.x}" height="${size.y}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${look(duration)}${styles.join('')}</style>`,
    `<rect x=".5" y=".5" width="${size.x - 1}" height="${size.y - 1}" rx="8"/>`,
    ...lines,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function look(duration: number): string {
  return [
    `text{font:${FONT};fill:#1f2328;white-space:pre}rect{fill:#f6f8fa;stroke:#d0d7de}line{stroke:#d0d7de}`,
    `.b{font-weight:bold}.d{opacity:.65}.t{opacity:0}.z{opacity:1}${colors(LIGHT)}`,
    '@media (prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#0d1117;stroke:#30363d}line{stroke:#30363d}',
    `${colors(DARK)}}`,
    `@media (prefers-reduced-motion:no-preference){.t{animation:${duration / 1000}s step-end infinite}}`,
  ].join('');
}

function colors(palette: readonly string[]): string {
  return palette.map((color, index) => `.c${index}{fill:${color}}`).join('');
}

function keyframes(name: string, times: Times, duration: number): string {
  const steps = times.flatMap(([from, to]) => [
    `${percent(from, duration)}{opacity:1}`,
    ...(to === duration ? [] : [`${percent(to, duration)}{opacity:0}`]),
  ]);
  const start = times[0]?.[0] === 0 ? '' : '0%{opacity:0}';
  return `.${name}{animation-name:${name}}@keyframes ${name}{${start}${steps.join('')}}`;
}

function percent(at: number, duration: number): string {
  return `${Number(((at / duration) * 100).toFixed(2))}%`;
}

/** Every content of every row, with the times at which it shows. */
function shownIn(frames: readonly Frame[], duration: number): readonly Shown[] {
  const times = new Map<string, [number, number][]>();
  for (const [index, { at, rows }] of frames.entries()) {
    const end = frames[index + 1]?.at ?? duration;
    for (const [number, row] of rows.entries()) {
      if (row.length === 0) continue;
      const markup = row.map((span) => textOf(span, number)).join('');
      const seen = times.get(markup) ?? [];
      const last = seen.at(-1);
      if (last?.[1] === at) last[1] = end;
      else seen.push([at, end]);
      times.set(markup, seen);
    }
  }
  return [...times].map(([markup, seen]) => ({ markup, times: seen }));
}

function textOf({ column, text, style }: Span, row: number): string {
  const classes = [
    ...(style.color === null ? [] : [`c${style.color}`]),
    ...(style.bold ? ['b'] : []),
    ...(style.dim ? ['d'] : []),
  ];
  const [x, y] = [MARGIN + column * COLUMN, MARGIN + row * LINE + LINE * 0.72];
  // Each font has its own width: the text is as wide as its columns with all of them.
  const length = `textLength="${rounded(width(text) * COLUMN)}" lengthAdjust="spacingAndGlyphs"`;
  const look = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return `<text x="${rounded(x)}" y="${rounded(y)}" ${length}${look}>${escaped(text)}</text>`;
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
