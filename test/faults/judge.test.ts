import t from 'tap';
import { judge } from './judge.ts';
import type { Answer, Got } from './judge.ts';

function reply(status: number, message = ''): Got {
  return { status, body: { message }, warnings: [] };
}
const PASSES: Answer = { allowed: true };
const DENIED: Answer = { allowed: false, says: /weights-total/ };
const HELD_UP: Answer = { allowed: false, says: /failed calling webhook "x"/ };
const FILLED: Answer = { allowed: true, shows: (object) => object['filled'] === true };

const GUARDED: Answer = { allowed: false, says: /active-workload/ };
function byRule(got: Got): string {
  return judge(got, DENIED, DENIED);
}
function byGuard(got: Got): string {
  return judge(got, GUARDED, PASSES);
}

t.test('a request that has to pass', async (t) => {
  t.equal(judge(reply(200), PASSES, HELD_UP), 'right');
  t.equal(judge(reply(403, 'admission webhook "x" denied the request: no'), PASSES, HELD_UP), 'denied by error');
  t.equal(
    judge(reply(500, 'failed calling webhook "x"'), PASSES, HELD_UP),
    'failed',
    'also where that was to be feared',
  );
});

t.test('a request that a rule forbids', async (t) => {
  t.equal(byRule(reply(403, 'admission webhook "x" denied the request: weights-total: 90')), 'right');
  t.equal(byRule(reply(422, "ValidatingAdmissionPolicy 'x' denied request: weights-total: 90")), 'right');
  t.equal(byRule(reply(200)), 'wrongly allowed');
  t.equal(byRule(reply(403, 'admission webhook "x" denied the request: too busy')), 'denied by error');
  t.equal(byRule(reply(500, 'failed calling webhook "x"')), 'failed');
});

t.test('a request that a guard denies when it is asked', async (t) => {
  t.equal(byGuard(reply(403, 'admission webhook "guard" denied the request: active-workload: no')), 'right');
  t.equal(byGuard(reply(200)), 'open');
  t.equal(byGuard(reply(500, 'failed calling webhook "x"')), 'failed');
  t.equal(byGuard(reply(403, 'admission webhook "x" denied the request: too busy')), 'denied by error');
});

t.test('a request that the webhook has to complete', async (t) => {
  t.equal(judge({ status: 200, body: { filled: true }, warnings: [] }, FILLED, DENIED), 'right');
  t.equal(judge(reply(200), FILLED, DENIED), 'wrongly allowed');
  t.equal(judge(reply(422, "ValidatingAdmissionPolicy 'x' denied request: weights-total: 1"), FILLED, DENIED), 'open');
  t.equal(judge(reply(422, "ValidatingAdmissionPolicy 'x' denied request: names"), FILLED, DENIED), 'denied by error');
});

t.test('what the API server itself did not take is told apart', async (t) => {
  t.equal(judge(new Error('connect ECONNREFUSED'), PASSES, PASSES), 'not taken');
  t.equal(judge(reply(503, 'etcdserver: leader changed'), DENIED, PASSES), 'not taken');
  t.equal(judge(reply(403, 'not yet ready to handle request'), PASSES, PASSES), 'not taken');
});
