// An entry that denies what it cannot be asked is armed when the webhook can be reached, and not before.
import t from 'tap';
import { createReach } from '../../../webhook/kube/reachable.ts';
import type { JsonObject } from '../../../common/json.ts';

function sliceOf(...ready: readonly boolean[]): JsonObject {
  return {
    endpoints: ready.map((each) => ({ addresses: ['192.0.2.1'], conditions: { ready: each } })),
  };
}

interface World {
  now: number;
  asked: number;
}

/**
 * A Service whose EndpointSlices follow from the time in milliseconds (null: they cannot be listed), and a replica that is
 * ready from `readyAt` on. Looks out until `endAt` at most.
 */
async function lookOut(slicesAt: (now: number) => readonly JsonObject[] | null, readyAt = 0, endAt = 20_000) {
  const world: World = { now: 0, asked: 0 };
  const stop = new AbortController();
  async function listEndpointSlices(...[namespace, service]: readonly unknown[]): Promise<readonly JsonObject[]> {
    t.strictSame([namespace, service], ['system', 'bluegreen']);
    world.asked += 1;
    const slices = slicesAt(world.now);
    if (slices === null) throw new Error('the API server is away');
    return slices;
  }
  async function wait(milliseconds: number): Promise<void> {
    world.now += milliseconds;
    if (world.now >= endAt) stop.abort();
  }
  const options = { namespace: 'system', service: 'bluegreen', elapsed: () => world.now, wait };
  const reach = createReach({ listEndpointSlices }, options);
  t.equal(reach.reached(), false, 'not before somebody looked');
  await reach.lookOut(() => world.now >= readyAt, stop.signal);
  return { ...world, reached: reach.reached() };
}

t.test('reviews find somebody two seconds after the first ready endpoint: noticed at once', async (t) => {
  const { now, reached } = await lookOut((at) => [sliceOf(false), sliceOf(false, at >= 3000)]);
  t.ok(reached);
  t.equal(now, 5000);
});

t.test('a Service without a ready endpoint is not reached, however long that takes', async (t) => {
  t.notOk((await lookOut(() => [])).reached);
  t.notOk((await lookOut(() => [sliceOf(false, false)])).reached);
});

t.test('an endpoint that went again starts the time anew', async (t) => {
  const { now } = await lookOut((at) => [sliceOf(at < 1500 || at >= 2500)]);
  t.equal(now, 4500);
});

t.test('nobody is asked before this replica is ready', async (t) => {
  t.match(await lookOut(() => [sliceOf(true)], 6000), { now: 8000, asked: 5 });
});

t.test('what cannot be listed is asked for again', async (t) => {
  const { now, reached } = await lookOut((at) => (at < 1000 ? null : [sliceOf(true)]));
  t.ok(reached);
  t.equal(now, 3000);
});
