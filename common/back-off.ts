/** Milliseconds of the first and of the longest pause after a failure. */
export interface BackOff {
  readonly first: number;
  readonly longest: number;
}

/** Milliseconds of the pause after so many failures in a row: it doubles with each. */
export function backOff(failures: number, { first, longest }: BackOff): number {
  return Math.min(longest, first * 2 ** failures);
}
