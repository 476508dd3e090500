import t from 'tap';
import { createRecentFacts } from '../../../webhook/facts/recent.ts';
import type { ColorFacts, Facts } from '../../../webhook/policy/types.ts';

const QUERY = { namespace: 'demo', pair: { blue: 'blue', green: 'green' } };
const COLOR: ColorFacts = { service: null, readyEndpoints: 0, revisions: [], workload: null };
const FACTS: Facts = { known: true, blue: COLOR, green: COLOR, samePods: null };

function at(start: number) {
  const clock = { now: start };
  return { clock, recent: createRecentFacts(() => clock.now) };
}

t.test('what was read for one entry is there for the next, for a tenth of a second', async (t) => {
  const { clock, recent } = at(1000);
  t.equal(recent.find(QUERY), null);
  recent.keep(QUERY, FACTS);
  t.equal(recent.find(QUERY), FACTS);
  clock.now = 1099;
  t.equal(recent.find(QUERY), FACTS);
  clock.now = 1100;
  t.equal(recent.find(QUERY), null);
});

t.test('not for another namespace or pair', async (t) => {
  const { recent } = at(0);
  recent.keep(QUERY, FACTS);
  t.equal(recent.find({ ...QUERY, namespace: 'prod' }), null);
  t.equal(recent.find({ ...QUERY, pair: { blue: 'green', green: 'blue' } }), null);
});

t.test('what could not be read is never kept', async (t) => {
  const { recent } = at(0);
  recent.keep(QUERY, { known: false, reason: 'connection refused' });
  t.equal(recent.find(QUERY), null);
});
