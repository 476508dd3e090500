import type { Call } from '../cli/command.ts';
import { time } from './words.ts';

/** Milliseconds between two lines off a terminal. */
const QUIET = 30_000;
const ERASE_LINE = '\r\u001B[2K';
const DEFAULT_COLUMNS = 80;

/** How far a watch is: one line that is drawn anew on a terminal, elsewhere a line now and then. */
export function createProgress(call: Call, total: number) {
  const { err } = call.io;
  let shownAt: number | null = null;
  let drawn = false;
  const clear = (): void => {
    if (drawn) err.write(ERASE_LINE);
    drawn = false;
  };
  return {
    clear,
    show: (passed: number, lines: readonly string[]): void => {
      const text = `Watching, ${time(passed)} of ${time(total)}: ${lines.join('; ')}`;
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

/** Says once that nothing can be seen, and once that it can be again. */
export function createLoss({ io, paint }: Call, progress: ReturnType<typeof createProgress>) {
  let told = false;
  const say = (text: string): void => {
    progress.clear();
    io.err.write(text);
  };
  return {
    lost: (why: string): void => {
      if (!told) say(`${paint.err.warn('Warning:')} not everything can be seen at the moment, still trying: ${why}\n`);
      told = true;
    },
    found: (): void => {
      if (told) say('Looking again: what was counted meanwhile is made up for\n');
      told = false;
    },
  };
}
