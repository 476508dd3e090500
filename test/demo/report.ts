import type { SwitchReport } from './stage.ts';
import type { Sample } from './traffic.ts';

/** The demo's figures; times in milliseconds. */
export interface Report {
  readonly requests: number;
  readonly failed: number;
  /** Failures by kind, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly switches: readonly SwitchReport[];
  readonly problems: readonly string[];
  readonly setup: Readonly<Record<string, number>>;
}

export interface ReportInput {
  readonly samples: readonly Sample[];
  readonly switches: readonly SwitchReport[];
  readonly problems: readonly string[];
  /** Milliseconds of each part of the set-up, by name. */
  readonly setup: Readonly<Record<string, number>>;
}

/** What a person at the terminal was promised. */
const SWITCH_LIMIT_MS = 1_000;

export function makeReport({ samples, switches, problems, setup }: ReportInput): Report {
  const failures: Record<string, number> = {};
  for (const { failure } of samples) if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
  const failed = samples.filter((sample) => sample.failure !== null).length;
  const lost = failed === 0 ? [] : [`${failed} requests of customers failed: ${JSON.stringify(failures)}`];
  const slow = switches
    .filter(({ lastOld }) => lastOld > SWITCH_LIMIT_MS)
    .map(({ command }) => `${command}: the color that was live before still answered after a second`);
  return { requests: samples.length, failed, failures, switches, problems: [...problems, ...lost, ...slow], setup };
}

/** The closing table. */
export function printReport(report: Report): string {
  const rows = [
    ['SWITCH', 'COMMAND', 'FIRST NEW', 'LAST OLD', 'FAILED'],
    ...report.switches.map(({ command, took, firstNew, lastOld, failed }) => [
      command.split(' ')[2] ?? command,
      milliseconds(took),
      milliseconds(firstNew),
      milliseconds(lastOld),
      String(failed),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
      .join('')
      .trimEnd(),
  );
  const setup = Object.entries(report.setup).map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`);
  const verdict =
    report.problems.length === 0
      ? 'Every bad apply was refused, every switch was complete within a second, no request failed.'
      : ['NOT AS IT SHOULD BE:', ...report.problems.map((problem) => `- ${problem}`)].join('\n');
  return [
    '',
    ...table,
    '',
    `requests ${report.requests}, failed ${report.failed}`,
    `set-up: ${setup.join(', ')}`,
    verdict,
    '',
  ].join('\n');
}

function milliseconds(value: number): string {
  return Number.isFinite(value) ? `${Math.round(value)} ms` : 'never';
}
