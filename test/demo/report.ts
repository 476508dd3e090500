import { formatTable } from '../../plugin/printers/table.ts';
import type { Recovery, SwitchReport } from './stage.ts';
import type { Sample } from './traffic.ts';

/** The demo's figures; times in milliseconds. */
export interface Report {
  readonly requests: number;
  /** Requests that failed, but for those that a bad version answered until its release rolled itself back. */
  readonly failed: number;
  /** Failures by kind, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly switches: readonly SwitchReport[];
  /** The same switches by `kubectl patch`. */
  readonly references: readonly SwitchReport[];
  /** Requests that bad versions answered with 500 until they were rolled back. */
  readonly answered500: number;
  /** Whether `kubectl patch` itself was slow here: times then tell of the machine. */
  readonly slowMachine: boolean;
  readonly problems: readonly string[];
  readonly setup: Readonly<Record<string, number>>;
}

export interface ReportInput {
  readonly samples: readonly Sample[];
  readonly switches: readonly SwitchReport[];
  readonly references: readonly SwitchReport[];
  readonly recoveries: readonly Recovery[];
  readonly problems: readonly string[];
  /** Milliseconds of each part of the set-up, by name. */
  readonly setup: Readonly<Record<string, number>>;
}

/** A machine on which a bare patch takes longer than this to reach the clients is a slow one. */
const SLOW_MS = 1_000;

/** Judges the demo: by failed requests, by what got through and by switches that did not happen, never by time. */
export function makeReport(input: ReportInput): Report {
  const { samples: all, switches, references, recoveries, problems, setup } = input;
  const samples = all.filter((sample) => !isOfBadVersion(sample, recoveries));
  const failures: Record<string, number> = {};
  for (const { failure } of samples) if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
  const failed = samples.filter((sample) => sample.failure !== null).length;
  const lost = failed === 0 ? [] : [`${failed} requests of customers failed: ${JSON.stringify(failures)}`];
  const stuck = [...switches, ...references]
    .filter(({ moved }) => !moved)
    .map(({ command, from, to }) => `${command}: the traffic did not move from ${from} to ${to}`);
  const lasting = recoveries
    .filter(({ moved }) => !moved)
    .map(({ command }) => `${command}: the traffic did not come back`);
  const slowMachine = references.some(({ lastOld }) => lastOld > SLOW_MS);
  const found = [...problems, ...stuck, ...lasting, ...lost];
  const answered500 = all.length - samples.length;
  return {
    requests: all.length,
    failed,
    failures,
    answered500,
    switches,
    references,
    slowMachine,
    problems: found,
    setup,
  };
}

/** Whether a bad version answered this request: with 500, before its release was rolled back. Nothing else is excused. */
function isOfBadVersion({ started, failure }: Sample, recoveries: readonly Recovery[]): boolean {
  return failure === 'status 500' && recoveries.some(({ begun, over }) => started > begun && started < over);
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
      ? 'Every bad apply was denied, every switch moved all traffic, the bad release rolled itself back, no other request failed.'
      : ['NOT AS IT SHOULD BE:', ...report.problems.map((problem) => `- ${problem}`)].join('\n');
  return [
    '',
    formatTable(header, rows),
    'Times are from Enter; LAST OLD is the last answer of the old color, beside that of the same switch by kubectl patch.',
    ...(report.slowMachine ? [slow] : []),
    `requests ${report.requests}, failed ${report.failed}, answered with 500 by the bad release ${report.answered500}`,
    `set-up: ${setup.join(', ')}`,
    verdict,
    '',
  ].join('\n');
}

function milliseconds(value: number): string {
  return Number.isFinite(value) ? `${Math.round(value)} ms` : 'never';
}
