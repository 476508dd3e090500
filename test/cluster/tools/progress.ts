/** A part of the set-up: its cost in any unit, the same for all. */
export interface Part {
  readonly id: string;
  readonly cost: number;
}

/** How far it is: parts that are done, and the share of the one that is being built, from 0 to 1. */
export interface Position {
  readonly done: readonly string[];
  readonly current: string;
  readonly share: number;
}

/** The share of the whole that is done, from 0 to 1. */
export function shareDone(parts: readonly Part[], { done, current, share }: Position): number {
  const total = parts.reduce((sum, { cost }) => sum + cost, 0);
  const behind = parts.reduce((sum, { id, cost }) => {
    if (done.includes(id)) return sum + cost;
    return id === current ? sum + cost * Math.min(share, 1) : sum;
  }, 0);
  return total === 0 ? 1 : behind / total;
}

/** Before this share is done, a pace says little: downloads come first, and take no CPU. */
const ENOUGH = 0.03;

/**
 * Milliseconds that are left, at the pace of this machine so far; undefined while that is not known.
 * @param elapsed milliseconds since nothing was done
 */
export function remaining(share: number, elapsed: number): number | undefined {
  return share < ENOUGH ? undefined : (elapsed * (1 - share)) / share;
}

function words(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${Math.max(seconds, 1)} s` : `${Math.round(seconds / 60)} min`;
}

/** One line: what is being built, how much of all is done, and how long the rest takes. */
export function progressLine(parts: readonly Part[], position: Position, elapsed: number): string {
  const share = shareDone(parts, position);
  const left = remaining(share, elapsed);
  const rest = left === undefined ? 'time left not known yet' : `about ${words(left)} left`;
  return `${Math.floor(share * 100)} % done, ${rest} (${position.current})`;
}
