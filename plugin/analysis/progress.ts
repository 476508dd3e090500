import type { Call } from '../cli/command.ts';
import { time } from './text.ts';
import { warn } from '../cli/warn.ts';

/** Milliseconds between two lines off a terminal. */
const QUIET = 30_000;
const ERASE_LINE = '\r\u001B[2K';
const DEFAULT_COLUMNS = 80;

/** The progress of an analysis: one line that is drawn anew on a terminal, elsewhere a line now and then. */
export function createProgress(call: Call, total: number) {
  const { err } = call.io;
  let shownAt: number | null = null;
  let drawn = false;
  function clear(): void {
    if (drawn) err.write(ERASE_LINE);
    drawn = false;
  }
  return {
    clear,
    show: (passed: number, lines: readonly string[]): void => {
      const text = `Analyzing, ${time(passed)} of ${time(total)}: ${lines.join('; ')}`;
      if (err.isTTY) {
        clear();
        err.write(text.slice(0, (err.columns?.() ?? DEFAULT_COLUMNS) - 1));
        drawn = true;
      } else if (shownAt === null || passed - shownAt >= QUIET) {
        err.write(`${text}\n`);
        shownAt = passed;
      }
    },
  };
}

/** Warns once when data is missing, and reports once when it is read again. */
export function createDataReport(call: Call, progress: ReturnType<typeof createProgress>) {
  let reported = false;
  return {
    lost: (why: string): void => {
      if (!reported) {
        progress.clear();
        warn(call, `data is missing at the moment, retrying: ${why}`);
      }
      reported = true;
    },
    found: (): void => {
      if (reported) {
        progress.clear();
        call.io.err.write('Data is read again: what Traefik counted meanwhile is included\n');
      }
      reported = false;
    },
  };
}
