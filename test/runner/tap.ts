/** Counts of assertions, as the closing line of a TAP stream has them. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NONE: Totals = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Reads tap's closing line, `# { total: 3, pass: 2, fail: 1 }`; null when the stream has none: it was cut off. */
export function readTotals(stream: string): Totals | null {
  const closing = [...stream.matchAll(/^# \{ (total: \d+.*) \}$/gm)].at(-1)?.[1];
  if (closing === undefined) return null;
  const counts = new Map([...closing.matchAll(/(\w+): (\d+)/g)].map(([, key = '', count]) => [key, Number(count)]));
  const [passed = 0, failed = 0, skipped = 0, todo = 0] = ['pass', 'fail', 'skip', 'todo'].map((key) =>
    counts.get(key),
  );
  return { passed, failed, skipped: skipped + todo };
}

/**
 * The totals of a file whose process ended: a file that failed otherwise than by an assertion, that was cut off or that
 * asserted nothing counts as one failure.
 */
export function judge(stream: string, status: number): Totals {
  const totals = readTotals(stream);
  if (totals === null) return { ...NONE, failed: 1 };
  const silent = totals.failed === 0 && (status !== 0 || totals.passed + totals.skipped === 0);
  return silent ? { ...totals, failed: 1 } : totals;
}
