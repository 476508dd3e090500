import { cpus, loadavg, totalmem } from 'node:os';
import { formatTable } from '../../plugin/printers/table.ts';
import type { Bound, Figure, Observation, Unit } from './benchmark.ts';
import type { Summary } from './statistics.ts';

/** The machine that figures were taken on; ratios mean something elsewhere, milliseconds do not. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Runnable processes in the last minute: beyond the number of cores, figures are disturbed. */
  readonly load: number;
}

export function lookAtMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** What is judged of a figure: medians, so that records without samples can be judged as well. */
export interface Judged extends Pick<Figure, 'goal' | 'bound' | 'unit'> {
  readonly subject: Pick<Summary, 'median'>;
  readonly reference: Pick<Summary, 'median'>;
}

/** Whether a figure is within its goal and its bound; null without either. */
export function reached({ subject, reference, goal, bound, unit }: Judged): boolean | null {
  if (goal === null && bound === undefined) return null;
  const allowed = goal === null ? null : goal * reference.median;
  const more = unit === 'a second';
  const close = allowed === null || (more ? subject.median >= allowed : subject.median <= allowed);
  return close && (bound === undefined || within(subject.median, bound));
}

function within(median: number, bound: Bound): boolean {
  return 'atMost' in bound ? median <= bound.atMost : median >= bound.atLeast;
}

/** What was agreed: `1.2 ×`, `at most 10 ms`; a dash for nothing. */
export function goalOf({ goal, bound, unit = 'ms' }: Pick<Figure, 'goal' | 'bound' | 'unit'>): string {
  const words = [];
  if (goal !== null) words.push(`${unit === 'a second' ? '≥ ' : ''}${goal} ×`);
  if (bound !== undefined)
    words.push('atMost' in bound ? `≤ ${formatValue(bound.atMost, unit)}` : `≥ ${formatValue(bound.atLeast, unit)}`);
  return words.length === 0 ? '-' : words.join(', ');
}

/** A value with as many digits as mean something. */
export function formatValue(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const digits = Number.isInteger(value) || size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const number = Number(value.toFixed(digits)).toLocaleString('en', { minimumFractionDigits: digits });
  return unit === 'requests' ? number : `${number} ${unit}`;
}

/** How many times the reference the subject is; a dash where there is nothing to divide by. */
export function ratioOf(subject: number, reference: number): string {
  return reference > 0 && subject >= 0 ? (subject / reference).toFixed(2) : '-';
}

/** The figures as a table: each thing, below it its reference. */
export function printFigures(figures: readonly Figure[]): string {
  const rows = figures.flatMap((figure) => {
    const { unit = 'ms', subject, reference } = figure;
    const verdict = { true: 'reached', false: 'MISSED', null: '' }[`${reached(figure)}`];
    const ratio = unit === 'requests' ? '' : ratioOf(subject.median, reference.median);
    return [
      [figure.what, ...cells(subject, unit), ratio, goalOf(figure), verdict],
      [`  ${figure.against}`, ...cells(reference, unit), '', '', ''],
    ];
  });
  return formatTable(['WHAT', 'MEDIAN', 'P95', 'P99', 'SPREAD', 'RUNS', 'RATIO', 'GOAL', ''], rows);
}

function cells({ median, p95, p99, spread, runs }: Summary, unit: Unit): readonly string[] {
  const rest = runs === 1 ? ['', '', ''] : [p95, p99, spread].map((value) => formatValue(value, unit));
  return [formatValue(median, unit), ...rest, String(runs)];
}

/** What was seen, one line each; nothing without any. */
export function printObservations(observations: readonly Observation[]): string {
  if (observations.length === 0) return '';
  return `${formatTable(
    ['SEEN', 'WITH', ''],
    observations.map(({ about, subject, seen }) => [about, subject, seen]),
  )}\n`;
}

export function printMachine(before: Machine, after: Machine): string {
  return `${before.cores} × ${before.cpu}, ${before.memoryGiB} GiB; load ${before.load} before, ${after.load} after\n`;
}
