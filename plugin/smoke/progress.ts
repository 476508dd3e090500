import type { Call } from '../cli/command.ts';
import type { Progress } from './check.ts';

/** Shows how far checks are, in one line that is drawn anew; off a terminal it shows nothing. */
export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  /** Takes the line away. */
  clear(): void;
}

/** Milliseconds between two drawings. */
const INTERVAL = 100;
const CLEAR = '\r\u001B[2K';
const DEFAULT_COLUMNS = 80;

export function progressLine({ io, paint }: Pick<Call, 'io' | 'paint'>): ProgressLine {
  let drawn = Number.NEGATIVE_INFINITY;
  if (!io.err.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show: ({ name, check, checks, done, repeat, failed }) => {
      const now = io.now().getTime();
      if (now - drawn < INTERVAL && done < repeat) return;
      drawn = now;
      const text = `[${check}/${checks}] ${name} ${done}/${repeat}`;
      const plain = text.slice(0, (io.err.columns?.() ?? DEFAULT_COLUMNS) - 1);
      io.err.write(`${CLEAR}${failed > 0 ? paint.err.bad(plain) : plain}`);
    },
    clear: () => io.err.write(CLEAR),
  };
}
