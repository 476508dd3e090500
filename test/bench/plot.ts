/** A curve with its reference, on logarithmic axes: how cost grows is the slope. */
export interface Plot {
  readonly title: string;
  readonly axis: string;
  readonly unit: string;
  /** Names of the two lines. */
  readonly names: readonly [string, string];
  readonly points: readonly { readonly x: number; readonly subject: number; readonly reference: number }[];
}

const WIDTH = 360;
const HEIGHT = 220;
const LEFT = 52;
const TOP = 34;
const RIGHT = 14;
const BOTTOM = 40;
const COLORS = ['#1f5fbf', '#8a8f98'] as const;
const COLUMNS = 2;

/** Plots beside each other as one SVG, readable on light and dark pages. */
export function drawPlots(plots: readonly Plot[]): string {
  const rows = Math.ceil(plots.length / COLUMNS);
  const [width, height] = [WIDTH * COLUMNS, HEIGHT * rows];
  const drawn = plots.map((plot, index) => {
    const [x, y] = [(index % COLUMNS) * WIDTH, Math.floor(index / COLUMNS) * HEIGHT];
    return `<g transform="translate(${x} ${y})">\n${draw(plot)}</g>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${drawn.join('')}</svg>
`;
}

function draw(plot: Plot): string {
  const values = plot.points.flatMap(({ subject, reference }) => [subject, reference]);
  const across = scale(
    plot.points.map(({ x }) => x),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scale([...values, Math.min(...values) / 2, Math.max(...values) * 2], HEIGHT - BOTTOM, TOP);
  function line(of: (point: Plot['points'][number]) => number, color: string): string {
    const at = plot.points.map((point) => [round(across(point.x)), round(up(of(point)))] as const);
    const dots = at.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.5" fill="${color}"/>`);
    return `<polyline fill="none" stroke="${color}" stroke-width="1.5" points="${at.map((each) => each.join(',')).join(' ')}"/>${dots.join('')}\n`;
  }
  const ticks = plot.points.map(
    ({ x }) =>
      `<text x="${round(across(x))}" y="${HEIGHT - BOTTOM + 14}" text-anchor="middle" fill="#333">${x.toLocaleString('en')}</text>`,
  );
  const decades = decadesWithin(values).map((value) => {
    const y = round(up(value));
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="#ddd"/><text x="${LEFT - 5}" y="${y + 4}" text-anchor="end" fill="#333">${value} ${plot.unit}</text>`;
  });
  const legend = plot.names.map(
    (name, index) => `<tspan fill="${COLORS[index] ?? ''}">${index === 0 ? '' : '   '}— ${escape(name)}</tspan>`,
  );
  return [
    `<text x="${LEFT}" y="14" fill="#111" font-weight="bold">${escape(plot.title)}</text>`,
    `<text x="${LEFT}" y="28" xml:space="preserve">${legend.join('')}</text>`,
    ...decades,
    ...ticks,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#333">${escape(plot.axis)}</text>`,
    line(({ subject }) => subject, COLORS[0]),
    line(({ reference }) => reference, COLORS[1]),
  ].join('\n');
}

/** Logarithmic; a zero stands at the lower end, half a decade below the least other value. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const positive = values.filter((value) => value > 0);
  const least = Math.min(...positive);
  const low = Math.log10(values.some((value) => value <= 0) ? least / 3 : least);
  const high = Math.log10(Math.max(...positive));
  return (value) => {
    const share = value <= 0 || high === low ? 0 : (Math.log10(value) - low) / (high - low);
    return from + share * (to - from);
  };
}

/** 1, 2 and 5 of every decade, as far as there is room. */
function decadesWithin(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values) / 2, Math.max(...values) * 2];
  const steps = Math.log10(most / least) > 2 ? [1] : [1, 2, 5];
  const found: number[] = [];
  for (let decade = Math.floor(Math.log10(least)); decade <= Math.log10(most); decade += 1)
    for (const step of steps) {
      const value = Number((step * 10 ** decade).toPrecision(1));
      if (value >= least && value <= most) found.push(value);
    }
  return found;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
