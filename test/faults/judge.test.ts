import t from 'tap';
import { judge, type Answer, type Got } from './judge.ts';

const reply = (status: number, message = ''): Got => ({ status, body: { message }, warnings: [] });
const PASSES: Answer = { allowed: true };
const REFUSED: Answer = { allowed: false, says: /weights-total/ };
const FILLED: Answer = { allowed: true, shows: (object) => object['filled'] === true };

t.test('a request that has to pass', async (t) => {
  t.equal(judge(reply(200), PASSES), 'right');
  t.equal(judge(reply(403, 'admission webhook "x" denied the request: no'), PASSES), 'denied by error');
  t.equal(judge(reply(500, 'failed calling webhook "x"'), PASSES), 'failed');
});

t.test('a request that a rule forbids', async (t) => {
  t.equal(judge(reply(403, 'admission webhook "x" denied the request: weights-total: 90'), REFUSED), 'right');
  t.equal(judge(reply(422, "ValidatingAdmissionPolicy 'x' denied request: weights-total: 90"), REFUSED), 'right');
  t.equal(judge(reply(200), REFUSED), 'wrongly allowed');
  t.equal(judge(reply(403, 'admission webhook "x" denied the request: too busy'), REFUSED), 'denied by error');
  t.equal(judge(reply(500, 'failed calling webhook "x"'), REFUSED), 'failed');
});

t.test('a request that a guard refuses when it is asked', async (t) => {
  const guarded: Answer = { allowed: false, says: /live-workload/, guard: true };
  t.equal(judge(reply(403, 'admission webhook "guard" denied the request: live-workload: no'), guarded), 'right');
  t.equal(judge(reply(200), guarded), 'guard missed');
  t.equal(judge(reply(500, 'failed calling webhook "x"'), guarded), 'failed');
});

t.test('a request that the webhook has to complete', async (t) => {
  t.equal(judge({ status: 200, body: { filled: true }, warnings: [] }, FILLED), 'right');
  t.equal(judge(reply(200), FILLED), 'wrongly allowed');
  const warnings = ['bluegreen.dev/smoke-test does not count: what runs behind green could not be read: try again'];
  t.equal(judge({ status: 200, body: {}, warnings }, FILLED), 'denied by error');
});

t.test('what the API server itself did not take is told apart', async (t) => {
  t.equal(judge(new Error('connect ECONNREFUSED'), PASSES), 'not taken');
  t.equal(judge(reply(503, 'etcdserver: leader changed'), REFUSED), 'not taken');
  t.equal(judge(reply(403, 'not yet ready to handle request'), PASSES), 'not taken');
});
