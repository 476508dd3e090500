import * as fc from 'fast-check';
import t from 'tap';
import { STARTED } from '../../../plugin/analysis/counts.ts';
import type { Counts } from '../../../plugin/analysis/counts.ts';
import { EMPTY, countedSince, enter } from '../../../plugin/analysis/counter-history.ts';
import type { CounterHistory } from '../../../plugin/analysis/counter-history.ts';

type Looks = Readonly<Record<string, Readonly<Record<string, number>>>>;

function looksOf(looks: Looks): ReadonlyMap<string, Counts> {
  return new Map(Object.entries(looks).map(([replica, counts]) => [replica, new Map(Object.entries(counts))]));
}
function ledgerOf(...looks: readonly Looks[]): CounterHistory {
  return looks.reduce((history, look, index) => enter(history, index * 1000, looksOf(look)), EMPTY);
}
function total(history: CounterHistory, from = 0): object {
  return Object.fromEntries(countedSince(history, from));
}

t.test('differences count, not totals, of all replicas together', async (t) => {
  t.strictSame(total(ledgerOf({ a: { x: 1000 }, b: { x: 50 } }, { a: { x: 1003 }, b: { x: 52 } })), { x: 5 });
});

t.test('a counter that falls began anew, also when it is past its old value already', async (t) => {
  t.strictSame(total(ledgerOf({ a: { x: 10 } }, { a: { x: 4 } })), { x: 4 });
  t.strictSame(total(ledgerOf({ a: { [STARTED]: 1, x: 10 } }, { a: { [STARTED]: 2, x: 12 } })), { x: 12 });
});

t.test('a replica that comes is known from then on; what it counted before is not new', async (t) => {
  t.strictSame(total(ledgerOf({ a: { x: 1 } }, { a: { x: 2 }, b: { x: 500 } }, { a: { x: 2 }, b: { x: 501 } })), {
    x: 2,
  });
});

t.test('what a replica counted stays when it goes; a look that missed one is made up for', async (t) => {
  t.strictSame(total(ledgerOf({ a: { x: 1 }, b: { x: 1 } }, { a: { x: 3 }, b: { x: 9 } }, { a: { x: 4 } })), { x: 11 });
  t.strictSame(total(ledgerOf({ a: { x: 1 } }, {}, {}, { a: { x: 8 } })), { x: 7 });
});

t.test('a series that appears counts from zero', async (t) => {
  t.strictSame(total(ledgerOf({ a: {} }, { a: { x: 3 } })), { x: 3 });
});

t.test('counted since a time: stretches that began before do not count', async (t) => {
  const history = ledgerOf({ a: { x: 0 } }, { a: { x: 1 } }, { a: { x: 3 } }, { a: { x: 7 } });
  t.strictSame(total(history, 1000), { x: 6 });
  t.strictSame(total(history, 2000), { x: 4 });
});

t.test('nothing is ever negative, and looking more often changes no sum', async () => {
  const steps = fc.array(fc.record({ more: fc.nat(50), seen: fc.boolean() }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(steps, (given) => {
      let x = 100;
      const values = given.map(({ more, seen }) => ({ value: (x += more), seen }));
      const first = { a: { x: 100 } };
      const last = { a: { x } };
      const some = values.map(({ value, seen }): Looks => (seen ? { a: { x: value } } : {}));
      const sum = countedSince(ledgerOf(first, ...some, last), 0).get('x');
      return sum === x - 100 && sum >= 0;
    }),
  );
});
