/** How long requests took: a histogram as Traefik keeps it. */
export interface Latency {
  /** Ascending; the last limit is Infinity. Counts are of all requests up to the limit, in seconds. */
  readonly buckets: readonly { readonly limit: number; readonly count: number }[];
  /** Seconds of all requests together. */
  readonly sum: number;
}

/** Least and greatest number that is possible. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

interface Cell {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Rounding of sums of seconds. */
const TOLERANCE = 1e-6;

/**
 * How many requests took longer than a limit. Where the limit is no bucket's, the requests of the bucket around it are
 * on either side; the sum of all durations narrows that down: it cannot be less, nor more, than the buckets allow.
 */
export function slowerThan({ buckets, sum }: Latency, limit: number): Range {
  const cells = cellsOf(buckets);
  const certain = cells.filter(({ low }) => low >= limit).reduce((total, { count }) => total + count, 0);
  const around = cells.find(({ low, high }) => low < limit && limit < high);
  if (around === undefined || around.count === 0) return { least: certain, most: certain };
  const others = cells.filter((cell) => cell !== around && cell.count > 0);
  const { low, high, count } = around;
  const room = sum - others.reduce((total, cell) => total + cell.count * cell.high, 0) - count * limit;
  const need = sum - others.reduce((total, cell) => total + cell.count * cell.low, 0) - count * low;
  const least = high === Infinity ? (room > TOLERANCE ? 1 : 0) : Math.ceil((room - TOLERANCE) / (high - limit));
  const most = Math.floor((need + TOLERANCE) / (limit - low));
  function bounded(value: number): number {
    return Math.min(count, Math.max(0, value));
  }
  return { least: certain + bounded(least), most: certain + Math.max(bounded(least), bounded(most)) };
}

/** A quantile: the bucket it lies in, and an estimate by interpolation, all in seconds. Null without requests. */
export function quantile({ buckets }: Latency, share: number): (Range & { readonly estimate: number }) | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return null;
  const rank = share * total;
  let below = 0;
  for (const { low, high, count } of cellsOf(buckets)) {
    if (below + count >= rank && count > 0) {
      const estimate = high === Infinity ? low : low + (high - low) * Math.max(0, (rank - below) / count);
      return { least: low, most: high, estimate };
    }
    below += count;
  }
  return null;
}

/** The bucket around a limit, where there is no bucket that ends there; null where there is one. */
export function bucketAround(buckets: Latency['buckets'], limit: number): Range | null {
  const cell = cellsOf(buckets).find(({ low, high }) => low < limit && limit < high);
  return cell === undefined ? null : { least: cell.low, most: cell.high };
}

function cellsOf(buckets: Latency['buckets']): readonly Cell[] {
  return buckets.map(({ limit, count }, index) => ({
    low: buckets[index - 1]?.limit ?? 0,
    high: limit,
    // The buckets of one histogram are not read at one instant.
    count: Math.max(0, count - (buckets[index - 1]?.count ?? 0)),
  }));
}
