import t from 'tap';
import { createPaint } from '../../../plugin/cli/paint.ts';
import { warn } from '../../../plugin/cli/warn.ts';

function warned(isTTY: boolean): string {
  let written = '';
  const err = { write: (text: string) => void (written += text), isTTY };
  warn({ io: { err }, paint: { err: createPaint(err, false, {}) } }, 'no pod was found');
  return written;
}

t.test('a warning is a line of its own, in yellow on a terminal', async (t) => {
  t.equal(warned(false), 'Warning: no pod was found\n');
  t.equal(warned(true), '\u001B[33mWarning:\u001B[0m no pod was found\n');
});
