import type { Figure } from './benchmark.ts';
import { formatValue } from './report.ts';
import type { Box } from './statistics.ts';

/** What a user waits for, by the names of figures. */
const SHOWN = [
  /^(promote|rollback) by kubectl$/,
  /^(promote|rollback): Enter to the last answer .*; no throttle, (quiet|every core busy)$/,
  /^a promotion (in a busy cluster|after more than a minute of silence)$/,
  /^added to it: (a smoke test is taken back|a promotion, with all facts|a rollback)$/,
];

const WIDTH = 760;
const LEFT = 20;
const RIGHT = 110;
const HEAD = 34;
const ROW = 46;
const BAR = 9;
const COLORS = { subject: '#1f5fbf', reference: '#8a8f98' } as const;

/**
 * Distributions of figures as one SVG: a line from the 5th to the 95th percentile, a box between the quartiles, a stroke
 * at the median, of each thing and below it of its reference. Every row has its own scale, from zero.
 */
export function drawDistributions(figures: readonly Figure[]): string {
  const shown = SHOWN.flatMap((name) => figures.filter(({ what, point }) => point === undefined && name.test(what)));
  const rows = shown.flatMap(({ what, subject, reference, against, unit = 'ms' }) =>
    subject.box === undefined || reference.box === undefined
      ? []
      : [{ what, against, unit, subject: subject.box, reference: reference.box }],
  );
  const height = HEAD + Math.max(1, rows.length) * ROW + 6;
  const drawn = rows.map((row, index) => {
    const scale = scaleTo(Math.max(row.subject[4], row.reference[4]));
    const bars = (['subject', 'reference'] as const).map((side, below) => {
      const y = 14 + below * (BAR + 5);
      const median = formatValue(row[side][2], row.unit);
      return `${drawBox(row[side], scale, y, COLORS[side])}<text x="${WIDTH - RIGHT + 8}" y="${y + BAR}" fill="${COLORS[side]}">${median}</text>`;
    });
    const title = `<text x="${LEFT}" y="9" fill="#111">${escape(row.what)} <tspan fill="${COLORS.reference}">— ${escape(row.against)}</tspan></text>`;
    return `<g transform="translate(0 ${HEAD + index * ROW})">\n${title}\n${bars.join('\n')}\n</g>\n`;
  });
  const told =
    rows.length === 0
      ? 'Not measured: npm run bench -- plugin switch moments admission'
      : 'Lines from the 5th to the 95th percentile, boxes between the quartiles, medians at the right';
  const head = `<text x="${LEFT}" y="16" fill="#111" font-weight="bold">${told}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${head}
${drawn.join('')}</svg>
`;
}

function drawBox(
  [low, first, median, third, high]: Box,
  scale: (value: number) => number,
  y: number,
  color: string,
): string {
  const [from, to, middle] = [scale(first), scale(third), scale(median)];
  const line = `<line x1="${scale(low)}" x2="${scale(high)}" y1="${y + BAR / 2}" y2="${y + BAR / 2}" stroke="${color}"/>`;
  const box = `<rect x="${from}" y="${y}" width="${round(Math.max(1, to - from))}" height="${BAR}" fill="${color}" fill-opacity="0.35"/>`;
  return `${line}${box}<line x1="${middle}" x2="${middle}" y1="${y}" y2="${y + BAR}" stroke="${color}" stroke-width="2"/>`;
}

function scaleTo(most: number): (value: number) => number {
  return (value) => round(LEFT + (Math.max(0, value) / most) * (WIDTH - LEFT - RIGHT));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
