/** The figures of some samples. */
export interface Summary {
  readonly runs: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  /** Distance between the quartiles. */
  readonly spread: number;
  /** From the twentieth part of the samples to the nineteenth, by quarters between; left out where there are too few. */
  readonly box?: Box;
}

/** Quantiles: 5, 25, 50, 75 and 95 of a hundred. */
export type Box = readonly [number, number, number, number, number];

/** Of fewer samples a distribution says nothing. */
const ENOUGH = 8;

/** Of samples there has to be one at least. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    runs: samples.length,
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    spread: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    ...(samples.length < ENOUGH ? {} : { box: boxOf(sorted) }),
  };
}

function boxOf(sorted: readonly number[]): Box {
  function at(share: number): number {
    return quantile(sorted, share);
  }
  return [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)];
}

/** Between two samples, what lies on the line between them. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
