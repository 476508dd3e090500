import { formatTable } from '../../plugin/printers/table.ts';
import type { Fault } from './fault.ts';
import { OUTCOMES, type Outcome } from './judge.ts';
import type { Sample } from './load.ts';

/** A fault and what became of the requests during it. */
export interface Row {
  readonly fault: Pick<Fault, 'what' | 'answered' | 'apiServerAway' | 'spared'>;
  readonly samples: readonly Sample[];
}

const WRONG = ['failed', 'denied by error', 'wrongly allowed'] as const satisfies readonly Outcome[];

/** Whether no request noticed the fault, but for those that cannot be spared. */
export function holds({ fault, samples }: Row): boolean {
  const count = counted(samples);
  const wrong = WRONG.reduce((sum, outcome) => sum + count[outcome], 0);
  const lost = fault.apiServerAway === true ? 0 : count['not taken'];
  return samples.length > 0 && wrong + lost <= (fault.spared?.most ?? 0);
}

function counted(samples: readonly Sample[]): Readonly<Record<Outcome, number>> {
  const count = { right: 0, failed: 0, 'denied by error': 0, 'wrongly allowed': 0, 'not taken': 0 };
  for (const { outcome } of samples) count[outcome] += 1;
  return count;
}

/** One line a fault. */
export function table(rows: readonly Row[]): string {
  const header = [
    'FAULT',
    'SENT',
    'FAILED',
    'DENIED BY ERROR',
    'WRONGLY ALLOWED',
    'NOT TAKEN',
    'SENT AGAIN',
    'LONGEST',
  ];
  return formatTable(
    [...header, ''],
    rows.map((row) => {
      const { samples, fault } = row;
      const count = counted(samples);
      const again = samples.reduce((sum, { retries }) => sum + retries, 0);
      const longest = Math.max(0, ...samples.map(({ waited }) => waited));
      const verdict = holds(row) ? (fault.answered ? 'holds' : 'holds, by the API server') : 'MISSED';
      const numbers = [samples.length, ...WRONG.map((outcome) => count[outcome]), count['not taken'], again];
      return [fault.what, ...numbers.map(String), `${(longest / 1000).toFixed(2)} s`, verdict];
    }),
  );
}

/** Why some requests cannot be spared. */
export function notes(rows: readonly Row[]): string {
  return rows
    .flatMap(({ fault: { what, spared } }) => (spared === undefined ? [] : [`${what}: ${spared.reason}.\n`]))
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
