import { commandLine, shortImages } from '../names.ts';
import type { ColorReport, StatusReport } from '../report.ts';
import type { Found } from '../traefikservices.ts';
import { resourceName } from '../traefikservices.ts';
import type { Paint } from './paint.ts';
import { ageOf, formatTable } from './table.ts';

/** `status` for people. */
export function formatStatus(found: Found, report: StatusReport, now: Date, paint: Paint, wide: boolean): string {
  const live = report.active === null ? paint.bad('nothing is live') : `${paint.color(report.active)} is live`;
  const lines = [
    `${paint.bold(resourceName(found))} in namespace ${found.namespace}: ${live}${sinceText(report, now)}`,
    '',
    formatTable(
      header(wide),
      report.colors.map((color) => row(color, now, paint, wide)),
    ),
    ...(report.frozen === null ? [] : [`Frozen:     ${paint.warn(report.frozen)}`]),
    `Promote:    ${possibility(report.promote, () => commandLine('promote', found), paint)}`,
    `Rollback:   ${possibility(report.rollback, () => commandLine('rollback', found), paint)}`,
    ...labelled(
      'Undone by:',
      report.undoneBy.map((risk) => paint.warn(risk)),
    ),
    ...(report.factsError === null ? [] : [`Not read:   ${paint.bad(report.factsError)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function header(wide: boolean): readonly string[] {
  const columns = ['COLOR', 'ROLE', 'WEIGHT', 'VERSION', 'READY', 'SMOKE-TEST'];
  return wide ? [...columns, 'REVISION', 'SERVICE', 'WORKLOAD'] : columns;
}

function row(report: ColorReport, now: Date, paint: Paint, wide: boolean): readonly string[] {
  const cells = [
    paint.color(report.color),
    report.role,
    weightText(report, paint),
    shortImages(report.images),
    readyText(report, paint),
    smokeText(report, now, paint),
  ];
  if (!wide) return cells;
  return [...cells, report.revisions.join(',') || '<none>', report.service, report.workload ?? '<none>'];
}

function weightText({ weight }: ColorReport, paint: Paint): string {
  if (weight === null) return '<detached>';
  return typeof weight === 'number' ? String(weight) : paint.bad(`<${weight}>`);
}

function readyText(report: ColorReport, paint: Paint): string {
  if (report.readyEndpoints === null) return '<unknown>';
  const text = `${report.readyEndpoints}/${report.replicas ?? report.readyEndpoints}`;
  if (report.readyEndpoints === 0) return report.role === 'active' ? paint.bad(text) : paint.dim(text);
  return report.unsettled === null ? text : paint.warn(`${text}(rolling)`);
}

function smokeText({ role, smokeTest }: ColorReport, now: Date, paint: Paint): string {
  if (smokeTest.passed) return paint.good(`passed(${ageOf(smokeTest.at, now)})`);
  if (smokeTest.at !== null) return paint.warn('stale');
  return role === 'active' ? '-' : '<none>';
}

function sinceText(report: StatusReport, now: Date): string {
  const by = report.by === null ? '' : `, by ${report.by}`;
  return report.since === null ? by : ` since ${ageOf(report.since, now)} (${report.since}${by})`;
}

function possibility({ to, possible, reasons }: StatusReport['promote'], command: () => string, paint: Paint): string {
  const detail = reasons.map((reason) => `\n            - ${reason}`).join('');
  if (possible) return `${paint.good('possible')} to ${to}: ${command()}${detail}`;
  return `${paint.warn('not now')}${detail}`;
}

function labelled(label: string, items: readonly string[]): readonly string[] {
  return items.map((item, index) => `${index === 0 ? label.padEnd(12) : ' '.repeat(12)}${item}`);
}
