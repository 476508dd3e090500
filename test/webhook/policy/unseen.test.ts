// A switch that was made while the webhook was away has the time and the manager of its write, not of its discovery.
import t from 'tap';
import { readRecord } from '../../../webhook/policy/index.ts';
import { isObject } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { annotated, change, NOON, promoted, reweighted, stored } from './build.ts';

/** Blue again, written by somebody else, with the annotations as they were. */
function backUnseen(time: string): JsonObject {
  const fieldsV1 = { 'f:spec': { 'f:weighted': { 'f:services': {} } } };
  const back = reweighted(promoted(), { 'shop-blue': 100, 'shop-green': 0 });
  const { metadata } = back;
  const managedFields = [{ manager: 'kubectl-edit', operation: 'Update', time, fieldsV1 }];
  return { ...back, metadata: { ...(isObject(metadata) ? metadata : {}), managedFields } };
}

function discovered(time: string) {
  const object = backUnseen(time);
  return readRecord(stored(change(annotated(object, { team: 'web' }), object)));
}

t.test('time and manager come from the managed fields', (t) => {
  const at = new Date(Date.parse(NOON) - 3_600_000).toISOString().replace('.000', '');
  const { active, history } = discovered(at);
  t.match(history.at(-1), { kind: 'unseen', from: 'green', to: 'blue', at, by: null, manager: 'kubectl-edit' });
  t.match(active, { color: 'blue', since: at });
  t.end();
});

t.test('a time that is later than now, or none, is the time of the discovery', (t) => {
  t.equal(discovered('2099-01-01T00:00:00Z').history.at(-1)?.at, NOON);
  const none = discovered('yesterday').history.at(-1);
  t.match(none, { kind: 'unseen', at: NOON });
  t.notOk(none !== undefined && 'manager' in none);
  t.end();
});
