import { formatTable } from '../../plugin/printers/table.ts';
import type { Fault } from './fault.ts';
import { OUTCOMES, type Outcome } from './judge.ts';
import type { Sample } from './load.ts';

/** A fault and what became of the requests during it. */
export interface Row {
  readonly fault: Pick<Fault, 'what' | 'answered' | 'apiServerAway' | 'why'>;
  /** Requests a second, beside the releases that are made for real. */
  readonly rate: number;
  /** Calls of the webhook that the API server made for them and for the releases, a second; null where it was restarted. */
  readonly calls: number | null;
  readonly samples: readonly Sample[];
}

const WRONG = ['failed', 'denied by error', 'wrongly allowed', 'guard missed'] as const satisfies readonly Outcome[];

/** Whether no request noticed the fault. */
export function holds({ fault, samples }: Row): boolean {
  const count = counted(samples);
  const lost = fault.apiServerAway === true ? 0 : count['not taken'];
  return samples.length > 0 && lost === 0 && WRONG.every((outcome) => count[outcome] === 0);
}

function counted(samples: readonly Sample[]): Readonly<Record<Outcome, number>> {
  const count = { right: 0, failed: 0, 'denied by error': 0, 'wrongly allowed': 0, 'guard missed': 0, 'not taken': 0 };
  for (const { outcome } of samples) count[outcome] += 1;
  return count;
}

const HEADER = [
  'FAULT',
  'A SECOND',
  'CALLS A SECOND',
  'SENT',
  'FAILED',
  'DENIED BY ERROR',
  'WRONGLY ALLOWED',
  'GUARD MISSED',
  'NOT TAKEN',
  'REPEATED',
  'LONGEST',
  '',
];

/** One line a fault, and below why those missed that did. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { samples, fault } = row;
    const count = counted(samples);
    const longest = Math.max(0, ...samples.map(({ waited }) => waited));
    const verdict = holds(row) ? (fault.answered ? 'holds' : 'holds, by the API server') : 'MISSED';
    const numbers = [samples.length, ...WRONG.map((outcome) => count[outcome]), count['not taken'], repeated(samples)];
    return [
      fault.what,
      String(row.rate),
      row.calls === null ? '-' : String(Math.round(row.calls)),
      ...numbers.map(String),
      `${(longest / 1000).toFixed(2)} s`,
      verdict,
    ];
  });
  return `${formatTable(HEADER, lines)}${reasons(rows)}`;
}

/** Requests that were refused for the moment, and right when they were sent again, as kubectl does by itself. */
function repeated(samples: readonly Sample[]): number {
  return samples.filter(({ retries, outcome }) => retries > 0 && outcome === 'right').length;
}

function reasons(rows: readonly Row[]): string {
  return rows
    .filter((row) => !holds(row))
    .flatMap(({ fault: { what, why } }) => (why === undefined ? [] : [`${what}: ${why}.\n`]))
    .join('');
}

/** What went wrong, by request, outcome and words, with how often and when (seconds from the start of the load). */
export function details({ samples }: Row): string {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.outcome === 'right') continue;
    const key = `${sample.outcome}: ${sample.probe}: ${sample.said.replaceAll(/\d{2,}/g, 'N').slice(0, 320)}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  const order = [...groups].toSorted(([, a], [, b]) => rank(a) - rank(b));
  return order.map(([key, found]) => `  ${found.length} × ${key} (${span(found)})\n`).join('');
}

function rank([first]: readonly Sample[]): number {
  return OUTCOMES.findIndex((outcome) => outcome === first?.outcome);
}

function span(samples: readonly Sample[]): string {
  const times = samples.map(({ at }) => at / 1000);
  return `${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)} s`;
}
