import t from 'tap';
import { parseScreen } from './screen.ts';

const PLAIN = { color: null, bold: false, dim: false };

t.test('a row is spans of one style, by their columns', async (t) => {
  t.same(parseScreen('\u001B[1m$\u001B[0m kubectl  \u001B[34mblue\u001B[39m → green'), [
    [
      { column: 0, text: '$', style: { ...PLAIN, bold: true } },
      { column: 2, text: 'kubectl', style: PLAIN },
      { column: 11, text: 'blue', style: { ...PLAIN, color: 4 } },
      { column: 16, text: '→ green', style: PLAIN },
    ],
  ]);
});

t.test('a style goes on to the next row, and an empty row has no spans', async (t) => {
  t.same(parseScreen('\u001B[2;31ma\n\n b\u001B[22m c\u001B[92md'), [
    [{ column: 0, text: 'a', style: { color: 1, bold: false, dim: true } }],
    [],
    [
      { column: 1, text: 'b', style: { color: 1, bold: false, dim: true } },
      { column: 3, text: 'c', style: { ...PLAIN, color: 1 } },
      { column: 4, text: 'd', style: { ...PLAIN, color: 2 } },
    ],
  ]);
});
