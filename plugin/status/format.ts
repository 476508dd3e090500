import { letThroughText } from '../traefikservice/history.ts';
import { unseenSwitch, unseenText } from '../traefikservice/unseen.ts';
import { commandLine, shortImages } from '../traefikservice/names.ts';
import type { ColorReport } from './color.ts';
import type { StatusReport } from './report.ts';
import type { Traffic } from '../traefik/traffic.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { resourceName } from '../traefikservice/find.ts';
import { percent, servesAlone, servingText } from '../traefikservice/shares.ts';
import { problemLine } from '../production/problem.ts';
import type { Outcome } from '../traefikservice/analysis-outcome.ts';
import { flow } from '../printers/flow.ts';
import type { Paint } from '../cli/paint.ts';
import { formatTree } from './tree.ts';
import { ageOf, formatTable, toSecond } from '../printers/table.ts';

export interface StatusStyle {
  readonly now: Date;
  readonly paint: Paint;
  readonly wide: boolean;
  /** Width of the terminal; undefined off a terminal. */
  readonly columns: number | undefined;
  /** Shows what Traefik counts; null where that is not known. */
  readonly live?: { readonly traffic: Readonly<Record<Color, Traffic>> | null };
}

/** `status` for people. */
export function formatStatus(found: TraefikServiceRef, report: StatusReport, style: StatusStyle): string {
  const { now, paint } = style;
  const since = report.active !== null && servesAlone(found, report.active) ? sinceText(report, now) : '';
  const lines = [
    ...report.problems.map((problem) => paint.bad(flow(problemLine(problem), style.columns))),
    `Release:    ${paint.bold(resourceName(found))} in namespace ${found.namespace}`,
    `Active:     ${servingText(found, paint)}${since}`,
    '',
    formatTable(
      header(style),
      report.colors.map((color) => row(color, style)),
    ),
    ...treeLines(report, style),
  ];
  const unseen = unseenSwitch(found);
  const rest = [
    ...(unseen === null ? [] : [`Record:     ${paint.warn(unseenText(unseen, now))}`]),
    ...(report.letThrough === null ? [] : [`Findings:   ${paint.warn(letThroughText(report.letThrough))}`]),
    ...(report.frozen === null ? [] : [`Frozen:     ${paint.warn(frozenText(report))}`]),
    ...(report.unguarded === null
      ? []
      : [
          `Unguarded:  ${paint.warn(report.unguarded)}. The guards do not protect it; to guard it again: ${guardAgain(found)}`,
        ]),
    ...(report.analysis === null ? [] : [`Analysis:   ${analysisText(report.analysis, style)}`]),
    `Promote:    ${possibility(report.promote, () => commandLine('promote', found), paint)}`,
    `Rollback:   ${possibility(report.rollback, () => commandLine('rollback', found), paint)}`,
    ...labelled(
      'Undone by:',
      report.undoneBy.map((risk) => paint.warn(risk)),
    ),
    ...(report.traefikNotRead === null || !style.wide ? [] : [`Not read:   ${report.traefikNotRead}`]),
    ...(report.factsError === null ? [] : [`Not read:   ${paint.bad(report.factsError)}`]),
  ];
  return `${lines.join('\n')}\n${flow(rest.join('\n'), style.columns)}\n`;
}

function treeLines({ colors }: StatusReport, style: StatusStyle): readonly string[] {
  const tree = formatTree(colors, style);
  return tree === '' ? [] : [tree];
}

function analysisText({ phase, rolledBack, color, at, reason }: Outcome, { now, paint }: StatusStyle): string {
  const painted = { Successful: paint.good(phase), Failed: paint.bad(phase), Inconclusive: paint.warn(phase) }[phase];
  const action = rolledBack ? ', rolled back' : '';
  return `${paint.color(color)} ${painted}${action} ${ageOf(at, now)} ago: ${reason}`;
}

function frozenText({ frozen, frozenUntil }: StatusReport): string {
  return frozenUntil === null || frozen?.startsWith('until ') === true
    ? (frozen ?? '')
    : `${frozen} (until ${frozenUntil})`;
}

function guardAgain(found: TraefikServiceRef): string {
  return commandLine('unguard', found, ' --undo');
}

function header({ wide, live }: StatusStyle): readonly string[] {
  return [
    'COLOR',
    'ROLE',
    'WEIGHT',
    ...(live === undefined ? [] : ['TRAFFIC', 'REQ/S', 'ERRORS']),
    'VERSION',
    'READY',
    'SMOKE-TEST',
    ...(wide ? ['REVISION', 'SERVICE', 'WORKLOAD'] : []),
  ];
}

function row(report: ColorReport, { now, paint, wide, live }: StatusStyle): readonly string[] {
  return [
    paint.color(report.color),
    report.role,
    weightText(report, paint),
    ...(live === undefined ? [] : trafficCells(report.color, live.traffic, paint)),
    shortImages(report.images),
    readyText(report, paint),
    smokeText(report, now, paint),
    ...(wide ? [report.revisions.join(',') || '<none>', report.service, report.workload ?? '<none>'] : []),
  ];
}

/** Blocks of a bar for all of the traffic. */
const BAR = 10;
/** Error rates from here on are shown as bad. */
const BAD_RATE = 0.01;

/** What Traefik counted of a color: its share of both colors' requests, not its weight. */
function trafficCells(color: Color, traffic: Readonly<Record<Color, Traffic>> | null, paint: Paint): readonly string[] {
  if (traffic === null) return ['-', '-', '-'];
  const { perSecond, errorRate } = traffic[color];
  const total = traffic.blue.perSecond + traffic.green.perSecond;
  const errors = errorRate === null ? '-' : `${(errorRate * 100).toFixed(1)}%`;
  return [
    total === 0 ? '-' : bar(perSecond / total),
    perSecond.toFixed(1),
    errorRate !== null && errorRate >= BAD_RATE ? paint.bad(errors) : errors,
  ];
}

/** A share as blocks and in percent; the least share shows a block. */
function bar(share: number): string {
  const full = share > 0 ? Math.max(1, Math.round(share * BAR)) : 0;
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${percent(share)}`;
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
  return report.since === null ? by : ` for ${ageOf(report.since, now)}, since ${toSecond(report.since)}${by}`;
}

function possibility({ to, possible, reasons }: StatusReport['promote'], command: () => string, paint: Paint): string {
  const detail = reasons.map((reason) => `\n            - ${reason}`).join('');
  if (possible) return `${paint.good('possible')} to ${to}: ${command()}${detail}`;
  return `${paint.warn('not now')}${detail}`;
}

function labelled(label: string, items: readonly string[]): readonly string[] {
  return items.map((item, index) => `${index === 0 ? label.padEnd(12) : ' '.repeat(12)}${item}`);
}
