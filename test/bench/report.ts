import { cpus, loadavg, totalmem } from 'node:os';
import { formatTable } from '../../plugin/printers/table.ts';
import type { Figure } from './benchmark.ts';
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

/** Whether a figure is within its goal; null without a goal. */
export function reached({ subject, reference, goal }: Figure): boolean | null {
  return goal === null ? null : subject.median <= goal * reference.median;
}

/** The figures as a table: each thing, below it its reference. */
export function printFigures(figures: readonly Figure[]): string {
  const rows = figures.flatMap((figure) => {
    const ratio = (figure.subject.median / figure.reference.median).toFixed(2);
    const verdict = { true: 'reached', false: 'MISSED', null: '' }[`${reached(figure)}`];
    const goal = figure.goal === null ? '-' : `${figure.goal}`;
    return [
      [figure.what, ...cells(figure.subject), ratio, goal, verdict],
      [`  ${figure.against}`, ...cells(figure.reference), '', '', ''],
    ];
  });
  return formatTable(['WHAT', 'MEDIAN', 'P95', 'P99', 'SPREAD', 'RUNS', 'RATIO', 'GOAL', ''], rows);
}

function cells({ median, p95, p99, spread, samples }: Summary): readonly string[] {
  return [...[median, p95, p99, spread].map((time) => `${time.toFixed(1)} ms`), String(samples.length)];
}

export function printMachine(before: Machine, after: Machine): string {
  return `${before.cores} × ${before.cpu}, ${before.memoryGiB} GiB; load ${before.load} before, ${after.load} after\n`;
}
