import t from 'tap';
import { hasReadyCondition, isReady, nameOf } from '../../common/objects.ts';

t.test('the name of an object', async (t) => {
  t.equal(nameOf({ metadata: { name: 'shop' } }), 'shop');
  t.equal(nameOf({ metadata: { generateName: 'shop-' } }), '');
  t.equal(nameOf({}), '');
});

t.test('a pod is ready by its condition, and no longer once it is deleted', async (t) => {
  const ready = { metadata: {}, status: { conditions: [{ type: 'Initialized' }, { type: 'Ready', status: 'True' }] } };
  t.ok(isReady(ready) && hasReadyCondition(ready));
  const leaving = { ...ready, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
  t.notOk(isReady(leaving));
  t.ok(hasReadyCondition(leaving));
  for (const conditions of [[], [{ type: 'Ready', status: 'False' }], [{ type: 'PodScheduled', status: 'True' }]])
    t.notOk(isReady({ metadata: {}, status: { conditions } }));
  t.notOk(isReady({}));
});
