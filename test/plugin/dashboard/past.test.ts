import t from 'tap';
import { createPast } from '../../../plugin/dashboard/past.ts';

t.test('the newest points are kept, oldest first, and no more than were asked for', async (t) => {
  const past = createPast(3);
  for (let at = 1; at <= 5; at += 1) past.add('a', { at, blue: [at, 0.5, null], green: [0, null, 0.01] });
  t.strictSame(
    past.of('a').map(({ at }) => at),
    [3, 4, 5],
  );
  t.strictSame(past.of('a')[0], { at: 3, blue: [3, 0.5, null], green: [0, null, 0.01] });
  t.strictSame(past.of('b'), []);
});

t.test('a release that is gone is forgotten', async (t) => {
  const past = createPast(3);
  past.add('a', { at: 1, blue: [1, 0, null], green: [0, null, null] });
  past.keep(new Set(['b']));
  t.strictSame(past.of('a'), []);
});
