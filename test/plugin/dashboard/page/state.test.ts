import t from 'tap';
import { NOTHING, take } from '../../../../plugin/dashboard/page/state.ts';

t.test('traffic of the release that is looked at is kept for 15 minutes; without requests it is zero', async (t) => {
  const began = take(NOTHING, 'past', {
    id: 'a',
    points: [{ at: 0, blue: [1, 0, null], green: [0, null, null] }],
  });
  const busy = take(began, 'traffic', { at: 3000, rates: { a: { blue: [5, 0, 0.1], green: [0, null, null] } } });
  t.strictSame(
    busy.points.map(({ blue }) => blue[0]),
    [1, 5],
  );
  const later = take(busy, 'traffic', { at: 15 * 60_000 + 1000, rates: {} });
  t.strictSame(
    later.points.map(({ blue }) => blue[0]),
    [5, 0],
  );
});

t.test('a release that is gone leaves the list', async (t) => {
  const state = take(take(NOTHING, 'releases', []), 'change', { changed: [], gone: ['a'] });
  t.equal(state.releases.size, 0);
});
