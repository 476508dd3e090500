// Overload: more changes than the cluster can be asked about at a time.
import t from 'tap';
import { guardHandler } from '../../../webhook/admission/guard.ts';
import { mutateHandler, promotionHandler } from '../../../webhook/admission/handlers.ts';
import { reviewOf } from '../../../webhook/admission/responses.ts';
import { createConcurrencyLimit } from '../../../webhook/admission/concurrency-limit.ts';
import type { Dependencies } from '../../../webhook/admission/decide.ts';
import type { Answer } from '../../../webhook/admission/types.ts';
import type { JsonObject } from '../../../common/json.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { request, traefikService, world } from './world.ts';

function full(): Dependencies {
  return { ...world(), lookups: createConcurrencyLimit(0) };
}
const mutate = mutateHandler('enforce', full());
const validate = promotionHandler('enforce', full());

const TESTED = { 'bluegreen.dev/smoke-test': 'passed:h1' };
const blueLive = traefikService([100, 0], TESTED);
const greenLive = traefikService([0, 100], {
  'bluegreen.dev/active': 'green',
  'bluegreen.dev/previous': 'blue',
  'bluegreen.dev/record': JSON.stringify({
    active: { color: 'green', revision: 'h1', images: ['shop:2'], since: null, by: null },
    previous: { color: 'blue', revision: 'h1', images: ['shop:1'], since: null, by: null },
    history: [],
  }),
});

const TOLD_TO_ASK_AGAIN = {
  verdict: 'errored',
  code: 429,
  retryAfterSeconds: 1,
  message: /Nothing was changed; try again/,
};

t.test('a promotion is denied at once, and clients are told when to ask again', async (t) => {
  const promotion = request(traefikService([0, 100], TESTED), blueLive);
  for (const handler of [mutate, validate]) {
    const answer = await handler(promotion);
    t.match(answer, TOLD_TO_ASK_AGAIN);
    t.match(reviewOf('u1', answer, false).response, {
      allowed: false,
      status: { code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } },
    });
  }
});

t.test('so are a creation, a new smoke test, and a color alone that may have a sibling', async (t) => {
  const alone: JsonObject = { spec: { weighted: { services: [{ name: 'green', port: 80, weight: 100 }] } } };
  const attested = traefikService([100, 0], { 'bluegreen.dev/smoke-test': 'passed:h2' });
  for (const each of [request(traefikService([100, 0])), request(attested, blueLive), request(alone)])
    t.match(await mutate(each), TOLD_TO_ASK_AGAIN);
});

t.test('a rollback goes through, and is recorded', async (t) => {
  const answer = await mutate(request(traefikService([100, 0]), greenLive));
  t.match(answer, { verdict: 'patched', switched: { kind: 'rollback', to: 'blue' } });
});

t.test('what needs no look-up is answered as ever', async (t) => {
  t.equal((await mutate(request(blueLive, blueLive))).verdict === 'errored', false);
  t.match(await mutate(request(traefikService([60, 30], TESTED), blueLive)), {
    verdict: 'denied',
    checks: ['weights-total', 'single-active'],
  });
});

t.test('a guard that has no room denies, so that a flood is no way around it', async (t) => {
  const { access, settings, docsUrl, deadline } = world();
  const reader = Object.assign(new FakeReader(''), {
    listTraefikServices: () => Promise.resolve([]),
    listIngressRoutes: () => Promise.resolve([]),
    listServices: () => Promise.resolve([]),
    getNamespace: () => Promise.resolve(null),
  });
  const guard = guardHandler('enforce', {
    access,
    settings,
    docsUrl,
    deadline,
    reader,
    lookups: createConcurrencyLimit(0),
  });
  t.match(
    await guard({ ...request(null, {}), group: 'apps', resource: 'deployments', name: 'blue' }),
    TOLD_TO_ASK_AGAIN,
  );
});

t.test('modes that deny nothing let it pass; warn says so', async (t) => {
  const promotion = request(traefikService([0, 100], TESTED), blueLive);
  const warned: Answer = await mutateHandler('warn', full())(promotion);
  t.match(warned, { verdict: 'allowed', warnings: [/this request was not checked/] });
  t.match(await mutateHandler('audit', full())(promotion), { verdict: 'allowed', warnings: [] });
});

t.test('a place is free again when its look-up has ended, however it ends', async (t) => {
  const failing = new FakeReader('', () => Promise.reject(new Error('connection refused')));
  const around: Dependencies = { ...world(undefined, failing), lookups: createConcurrencyLimit(1) };
  const handler = mutateHandler('enforce', around);
  for (let round = 0; round < 3; round += 1)
    t.equal((await handler(request(traefikService([100, 0])))).verdict, 'denied');
});

t.test('being full is said once, and again only after it was half empty', async (t) => {
  let said = 0;
  const limit = createConcurrencyLimit(2, () => (said += 1));
  const leave = [limit.acquire(), limit.acquire()];
  t.equal(limit.acquire(), null);
  t.equal(limit.acquire(), null);
  t.equal(said, 1);
  for (const each of leave) each?.();
  t.ok(limit.acquire());
  t.ok(limit.acquire());
  t.equal(limit.acquire(), null);
  t.equal(said, 2);
});
