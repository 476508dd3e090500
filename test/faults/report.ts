import { formatTable } from '../../plugin/printers/table.ts';
import type { Fault } from './fault.ts';
import { OUTCOMES } from './judge.ts';
import type { Outcome } from './judge.ts';
import type { Sample } from './load.ts';

/** A fault and what became of the requests during it. */
export interface Row {
  readonly fault: Pick<Fault, 'what' | 'answered' | 'apiServerAway' | 'abrupt'>;
  /** Admissions a second that were asked for. */
  readonly rate: number;
  /** What the API server counted meanwhile; null where it was restarted. */
  readonly counted: { readonly callsASecond: number; readonly opened: number } | null;
  readonly samples: readonly Sample[];
}

const WRONG = ['failed', 'denied by error', 'wrongly allowed'] as const satisfies readonly Outcome[];

/** Whether no request noticed the fault, beside those that open entries let through while nobody could know better. */
export function holds({ fault, counted, samples }: Row): boolean {
  const count = countOf(samples);
  if (samples.length === 0 || wrongIn({ samples }) > 0) return false;
  const untold = samples.filter(({ outcome, said }) => outcome === 'open' && !TOLD.test(said)).length;
  // A replica cannot look at a cluster whose API server is away, and its warning says so.
  if (fault.apiServerAway === true) return untold === 0;
  return count['not taken'] === 0 && count.open <= (fault.abrupt === true ? (counted?.opened ?? 0) : 0);
}

const TOLD = /bluegreen could not check this request/;

/** How many requests got another answer than they should. */
export function wrongIn({ samples }: Pick<Row, 'samples'>): number {
  const count = countOf(samples);
  return WRONG.reduce((sum, outcome) => sum + count[outcome], 0);
}

function countOf(samples: readonly Sample[]): Readonly<Record<Outcome, number>> {
  const count = { right: 0, failed: 0, 'denied by error': 0, 'wrongly allowed': 0, open: 0, 'not taken': 0 };
  for (const { outcome } of samples) count[outcome] += 1;
  return count;
}

const HEADER = [
  'FAULT',
  'ADMISSIONS A SECOND',
  'COUNTED',
  'REQUESTS',
  'FAILED',
  'DENIED BY ERROR',
  'WRONGLY ALLOWED',
  'OPEN',
  'NOT TAKEN',
  'REPEATED',
  'KUBECTL FAILS',
  'LONGEST',
  '',
];

/** One line a fault, and below what the columns say. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { samples, fault, counted } = row;
    const count = countOf(samples);
    const longest = Math.max(0, ...samples.map(({ waited }) => waited));
    const verdict = holds(row) ? (fault.answered ? 'holds' : 'holds, by the API server') : 'MISSED';
    const numbers = [
      samples.length,
      ...WRONG.map((outcome) => count[outcome]),
      count.open,
      count['not taken'],
      samples.filter(({ retries, outcome }) => retries > 0 && outcome === 'right').length,
      samples.filter(({ losses }) => losses > 0).length,
    ];
    return [
      fault.what,
      String(row.rate),
      counted === null ? '-' : String(Math.round(counted.callsASecond)),
      ...numbers.map(String),
      `${(longest / 1000).toFixed(2)} s`,
      verdict,
    ];
  });
  return `${formatTable(HEADER, lines)}${LEGEND}`;
}

const LEGEND = `
Counted are the calls of the webhook a second, by the API server. Failed is what still fails when it was sent as
'kubectl bluegreen' sends it. Open: an entry with failurePolicy Ignore was not asked, so a guard let pass or weights were
not filled in; it may happen where a replica goes without a word, and not more often than the API server counts, or with
a warning where the API server is away. Repeated was denied for the moment, and right when it was sent again, as every
client does by itself. Kubectl fails: the API server lost its call to the webhook; kubectl shows that as an error, and
the same command again is right.
`;

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
