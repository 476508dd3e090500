// Times in the record are for people: nothing is decided by them, and no clock can spoil a switch.
import t from 'tap';
import { readRecord } from '../../../webhook/policy/index.ts';
import { change, checksOf, FACTS, judge, promoted, reweighted, stored } from './build.ts';

const BLUE = { 'shop-blue': 100, 'shop-green': 0 };
const EARLIER = '2020-01-01T00:00:00Z';

t.test('a clock that goes backwards between two switches', async (t) => {
  const live = promoted();
  const back = stored(change(reweighted(live, BLUE), live), FACTS, EARLIER);
  const { history, active } = readRecord(back);
  t.same(
    history.map(({ kind }) => kind),
    ['creation', 'promotion', 'rollback'],
    'the order is the order of the writes',
  );
  t.equal(active?.since, EARLIER);
});

t.test('two replicas whose clocks differ by half a minute agree on one write', async (t) => {
  const live = promoted();
  const of = change(reweighted(live, BLUE), live);
  const first = judge(of, FACTS, '2026-03-01T12:00:40Z');
  const second = judge({ ...of, object: first.object }, FACTS, '2026-03-01T12:00:10Z');
  t.same(second.object, first.object);
  t.same(checksOf(second), []);
});

t.test('two switches at the very same time are two entries', async (t) => {
  const live = promoted();
  const back = stored(change(reweighted(live, BLUE), live));
  t.equal(readRecord(back).history.length, readRecord(live).history.length + 1);
});
