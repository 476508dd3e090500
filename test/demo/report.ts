import { formatTable } from '../../plugin/printers/table.ts';
import type { SwitchReport } from './stage.ts';
import type { Sample } from './traffic.ts';

/** The demo's figures; times in milliseconds. */
export interface Report {
  readonly requests: number;
  readonly failed: number;
  /** Failures by kind, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly switches: readonly SwitchReport[];
  /** The same switches by `kubectl patch`. */
  readonly references: readonly SwitchReport[];
  /** Whether `kubectl patch` itself was slow here: times then tell of the machine. */
  readonly slowMachine: boolean;
  readonly problems: readonly string[];
  readonly setup: Readonly<Record<string, number>>;
}

export interface ReportInput {
  readonly samples: readonly Sample[];
  readonly switches: readonly SwitchReport[];
  readonly references: readonly SwitchReport[];
  readonly problems: readonly string[];
  /** Milliseconds of each part of the set-up, by name. */
  readonly setup: Readonly<Record<string, number>>;
}

/** A machine on which a bare patch takes longer than this to reach the clients is a slow one. */
const SLOW_MS = 1_000;

/** Judges the demo: by failed requests, by what got through and by switches that did not happen, never by time. */
export function makeReport({ samples, switches, references, problems, setup }: ReportInput): Report {
  const failures: Record<string, number> = {};
  for (const { failure } of samples) if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
  const failed = samples.filter((sample) => sample.failure !== null).length;
  const lost = failed === 0 ? [] : [`${failed} requests of customers failed: ${JSON.stringify(failures)}`];
  const stuck = [...switches, ...references]
    .filter(({ moved }) => !moved)
    .map(({ command, from, to }) => `${command}: the traffic did not move from ${from} to ${to}`);
  const slowMachine = references.some(({ lastOld }) => lastOld > SLOW_MS);
  const found = [...problems, ...stuck, ...lost];
  return { requests: samples.length, failed, failures, switches, references, slowMachine, problems: found, setup };
}

/** The closing table. */
export function printReport(report: Report): string {
  const header = ['SWITCH', 'FROM', 'TO', 'COMMAND', 'FIRST NEW', 'LAST OLD', 'BY KUBECTL PATCH', 'FAILED'];
  const rows = report.switches.map(({ command, from, to, took, firstNew, lastOld, failed }) => {
    const reference = report.references.find((each) => each.from === from && each.to === to);
    return [
      command.split(' ')[2] ?? command,
      from,
      to,
      milliseconds(took),
      milliseconds(firstNew),
      milliseconds(lastOld),
      reference === undefined ? '<none>' : milliseconds(reference.lastOld),
      String(failed),
    ];
  });
  const setup = Object.entries(report.setup).map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`);
  const slow = 'This machine is slow: kubectl patch itself took more than a second to reach the clients.';
  const verdict =
    report.problems.length === 0
      ? 'Every bad apply was denied, every switch moved all traffic, no request failed.'
      : ['NOT AS IT SHOULD BE:', ...report.problems.map((problem) => `- ${problem}`)].join('\n');
  return [
    '',
    formatTable(header, rows),
    'Times are from Enter; LAST OLD is the last answer of the old color, beside that of the same switch by kubectl patch.',
    ...(report.slowMachine ? [slow] : []),
    `requests ${report.requests}, failed ${report.failed}`,
    `set-up: ${setup.join(', ')}`,
    verdict,
    '',
  ].join('\n');
}

function milliseconds(value: number): string {
  return Number.isFinite(value) ? `${Math.round(value)} ms` : 'never';
}
