import t from 'tap';
import { showLive } from '../../../plugin/printers/live.ts';
import type { Call } from '../../../plugin/cli/command.ts';

const UP = new RegExp(String.raw`\u001B\[(\d+)A`);

/** What showLive writes on a terminal of so many rows in two frames of so many lines. */
async function frames(lines: number, rows: number): Promise<readonly string[]> {
  const written: string[] = [];
  const stopped = new AbortController();
  let shown = 0;
  const out = { write: (text: string) => void written.push(text), isTTY: true, columns: () => 20, rows: () => rows };
  const io: Pick<Call['io'], 'out' | 'interrupted' | 'sleep'> = {
    out,
    interrupted: stopped.signal,
    sleep: () => {
      shown += 1;
      if (shown === 2) stopped.abort();
      return Promise.resolve();
    },
  };
  const text = Array.from({ length: lines }, (_, index) => `line ${index}\n`).join('');
  await showLive({ io }, () => Promise.resolve({ text, key: '' }));
  return written;
}

t.test('a list that fits is redrawn in place', async (t) => {
  const [first = '', second = ''] = await frames(3, 10);
  t.match(first, /line 0\nline 1\nline 2\n$/);
  t.equal(UP.exec(second)?.[1], '3');
});

t.test(
  'each frame begins at the start of its line, whatever the terminal has shown for Ctrl-C since the last',
  async (t) => {
    const written = await frames(3, 10);
    const drawn = written.slice(0, 2).join('^C');
    t.match(drawn, 'line 2\n^C\r\u001B[3A\u001B[0Jline 0\n');
  },
);

t.test('one that is taller than the terminal is cut, so that nothing scrolls away', async (t) => {
  const [first = '', second = ''] = await frames(50, 10);
  t.match(first, /line 5\n… 44 more lines: the terminal has 10 rows\n$/);
  const drawn = Number(UP.exec(second)?.[1]);
  t.ok(drawn < 10, `${drawn} rows`);
});

t.test('rows that wrap count for as many as they take', async (t) => {
  const [, second = ''] = await frames(9, 10);
  t.equal(UP.exec(second)?.[1], '9');
  const [whole = ''] = await frames(10, 10);
  t.match(whole, 'line 5\n… 4 more lines');
});
