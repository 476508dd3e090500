import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { describeError } from '../kube/errors.ts';
import { visibleLength } from './table.ts';

/** What is shown now. `key` changes when something happened that is more than time passing. */
export interface Frame {
  readonly text: string;
  readonly key: string;
}

/** Where frames are shown: a `Call` is one. */
export interface LiveOutput {
  readonly io: Pick<Call['io'], 'out' | 'interrupted' | 'sleep'>;
}

/** Milliseconds between two frames. */
const INTERVAL = 1000;
const DEFAULT_COLUMNS = 80;
function UP(lines: number): string {
  return lines === 0 ? '' : `\u001B[${lines}A`;
}
/** The terminal may just have shown ^C: the cursor is then behind it. */
const LINE_START = '\r';
const CLEAR_BELOW = '\u001B[0J';

/**
 * Shows frames until it is interrupted: redrawn in place on a terminal, elsewhere printed anew whenever the key changes.
 * A look that fails is shown as such and tried again.
 */
export async function showLive(call: LiveOutput, look: () => Promise<Frame>): Promise<number> {
  const { io } = call;
  let drawn = 0;
  let lastKey: string | null = null;
  while (!io.interrupted.aborted) {
    const { text, key } = await frameOf(look);
    if (io.interrupted.aborted) break;
    if (io.out.isTTY) {
      const columns = io.out.columns?.() ?? DEFAULT_COLUMNS;
      const fitting = fit(text, columns, io.out.rows?.());
      io.out.write(`${LINE_START}${UP(drawn)}${CLEAR_BELOW}${fitting}`);
      drawn = rowsOf(fitting, columns);
    } else if (key !== lastKey) io.out.write(`${text}\n`);
    lastKey = key;
    await io.sleep(INTERVAL, io.interrupted).catch(() => {});
  }
  // The terminal has just shown ^C: the prompt comes below it.
  if (io.out.isTTY) io.out.write('\n');
  return EXIT.interrupted;
}

/**
 * The beginning of a text that fits a terminal, with how much is left out: what has scrolled off cannot be redrawn, so
 * each frame would stay in the scrollback.
 */
function fit(text: string, columns: number, rows: number | undefined): string {
  // The cursor is on a row of its own.
  if (rows === undefined || rowsOf(text, columns) < rows) return text;
  const lines = text.split('\n').slice(0, -1);
  let room = rows - 1 - rowsOf(cutLine(lines.length, rows), columns);
  const first = lines.findIndex((line) => {
    room -= rowsOf(`${line}\n`, columns);
    return room < 0;
  });
  const shown = lines.slice(0, first).map((line) => `${line}\n`);
  return `${shown.join('')}${cutLine(lines.length - shown.length, rows)}`;
}

function cutLine(left: number, rows: number): string {
  return `… ${left} more line${left === 1 ? '' : 's'}: the terminal has ${rows} rows\n`;
}

/** Rows of the terminal that a text takes: long lines wrap. */
function rowsOf(text: string, columns: number): number {
  const lines = text.split('\n').slice(0, -1);
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(visibleLength(line) / columns)), 0);
}

async function frameOf(look: () => Promise<Frame>): Promise<Frame> {
  try {
    return await look();
  } catch (error) {
    const text = `${describeError(error)}\n`;
    return { text, key: text };
  }
}
