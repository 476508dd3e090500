import type { Figure } from './benchmark.ts';
import { drawPlots } from './plot.ts';
import type { Plot } from './plot.ts';
import { REASONS } from './reasons.ts';
import type { Record, Result } from './record.ts';
import { formatValue, goalOf, ratioOf, reached } from './report.ts';

/** A page with figures between marks: `<!-- figures NAME -->` to `<!-- end -->`, and `<!-- missed -->` likewise. */
const MARKED = /(<!-- (figures [a-z]+|missed) -->\n)[^]*?(<!-- end -->)/g;

/** The page with the figures of a record. */
export function fillPage(page: string, record: Record): string {
  return page.replaceAll(MARKED, (_all, head: string, mark: string, tail: string) => {
    const name = mark.replace(/^figures /, '');
    return `${head}\n${mark === 'missed' ? missedTable(record) : figuresOf(name, record)}\n${tail}`;
  });
}

function figuresOf(name: string, { results }: Record): string {
  const result = results[name];
  return result === undefined ? `Not measured: \`npm run bench -- ${name}\`.\n` : resultTable(result);
}

function resultTable(result: Result): string {
  const rows = result.figures.map((figure) => {
    const { unit = 'ms', subject, reference } = figure;
    const verdict = { true: 'reached', false: '**missed**', null: '' }[`${reached(figure)}`];
    return [
      figure.what,
      valueOf(subject, unit),
      `${valueOf(reference, unit)} (${figure.against})`,
      unit === 'requests' ? '' : ratioOf(subject.median, reference.median),
      goalOf(figure).replace(/^-$/, ''),
      verdict,
    ];
  });
  return `${table(['', 'median (p95)', 'reference', 'ratio', 'goal', ''], rows)}\n${whereAndWhen(result)}\n`;
}

/** The machine of a run, its load, and when it ended. */
export function whereAndWhen({ at, machine: { before, after } }: Pick<Result, 'at' | 'machine'>): string {
  const load = `load ${before.load} before and ${after.load} after`;
  return `${before.cores} × ${before.cpu}, ${before.memoryGiB} GiB, ${load}; ${at.slice(0, 16).replace('T', ' ')} UTC.`;
}

/** `12.3 ms (14.5 ms)`: the median, and the 95th percentile where there are several. */
export function valueOf({ median, p95, runs }: Figure['subject'], unit: NonNullable<Figure['unit']>): string {
  return runs === 1 ? formatValue(median, unit) : `${formatValue(median, unit)} (${formatValue(p95, unit)})`;
}

/** The figures of all benchmarks. */
export function allFigures({ results }: Record): readonly Figure[] {
  return Object.values(results).flatMap(({ figures }) => figures);
}

function missedTable(record: Record): string {
  const missed = allFigures(record).filter((each) => reached(each) === false);
  if (missed.length === 0) return 'Nothing, in this record.\n';
  const rows = missed.map((figure) => {
    const { what, subject, reference, unit = 'ms' } = figure;
    const reason = REASONS.find(({ about }) => about.test(what))?.why ?? 'not looked into yet';
    const measured = `${formatValue(subject.median, unit)}, ${ratioOf(subject.median, reference.median)} ×`;
    return [what, measured, goalOf(figure), reason];
  });
  return table(['', 'measured', 'goal', 'why'], rows);
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}\n`, ...rows.map(row)].join('');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** The curves of a record as one SVG. */
export function drawCurves(record: Record): string {
  const curves = new Map<string, Plot & { points: Plot['points'][number][] }>();
  for (const figure of allFigures(record)) {
    if (figure.point === undefined) continue;
    const { curve, axis, x } = figure.point;
    const plot = curves.get(curve) ?? {
      title: curve,
      axis,
      unit: figure.unit ?? 'ms',
      names: ['the project', figure.against.replace(/,.*/, '')] as const,
      points: [],
    };
    plot.points.push({ x, subject: figure.subject.median, reference: figure.reference.median });
    curves.set(curve, plot);
  }
  return drawPlots([...curves.values()]);
}
