import t from 'tap';
import type { Answer } from '../../../webhook/admission/types.ts';
import type { Origin } from '../../../webhook/admission/origin.ts';
import { ALLOWED, review, testServer } from '../parts.ts';

const DENIED: Answer = {
  ...ALLOWED,
  verdict: 'denied',
  reason: 'Forbidden',
  message: 'because',
  checks: ['weights-total'],
  warnings: ['careful'],
};
const BROKEN: Answer = {
  ...ALLOWED,
  checks: ['frozen'],
  override: 'incident 42',
  switched: { kind: 'promotion', from: 'blue', to: 'green' },
};

/** What is told of a request that nothing shows to be the API server's, unless `origin` says otherwise. */
async function told(answer: Answer, request: object = {}, origin: Origin = 'none') {
  const { server, announced, log } = testServer(answer, {}, origin);
  await server.inject({ method: 'POST', url: '/mutate/enforce', payload: review(request) });
  const metrics = (await server.inject('/metrics')).body;
  function count(name: string): number {
    return Number(new RegExp(`^bluegreen_${name} (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
  }
  return { announced, lines: log.lines, count };
}
const FOUND = 'request_findings_total{check="weights-total",operation="UPDATE",mode="enforce",outcome="denied"}';

t.test('what a client made up is no Event, no finding and no switch, and a marked line in the log', async (t) => {
  const denied = await told(DENIED);
  t.same(denied.announced, []);
  t.match(denied.lines, [{ level: 'info', message: 'denied (unproven)', fields: { user: 'ada', origin: 'none' } }]);
  t.equal(denied.count(FOUND), 0);
  t.equal(denied.count('warnings_total{webhook="mutate"}'), 0);
  t.equal(denied.count('unproven_reviews_total{webhook="mutate"}'), 1);
  const broken = await told(BROKEN);
  t.same(broken.announced, []);
  t.equal(broken.count('overrides_total{webhook="mutate"}'), 0);
  t.equal(broken.count('switches_total{kind="promotion"}'), 0);
});

t.test('what the API server asked is told', async (t) => {
  for (const origin of ['object', 'certificate'] as const) {
    const denied = await told(DENIED, {}, origin);
    t.equal(denied.announced.length, 1);
    t.match(denied.lines, [{ message: 'denied', fields: { origin } }]);
    t.equal(denied.count(FOUND), 1);
    t.equal(denied.count('unproven_reviews_total{webhook="mutate"}'), 0);
  }
});

t.test('a creation that is denied leaves nothing that could show it: it is counted, and no Event', async (t) => {
  const { announced, count } = await told(DENIED, { operation: 'CREATE', oldObject: null });
  t.same(announced, []);
  t.equal(count(FOUND.replace('UPDATE', 'CREATE')), 1);
});

t.test('made-up reviews and bodies without sense fill no log', async (t) => {
  const { server, log } = testServer(DENIED, {}, 'none');
  for (let each = 0; each < 100; each++) {
    await server.inject({ method: 'POST', url: '/mutate/enforce', payload: review() });
    await server.inject({ method: 'POST', url: '/mutate/enforce', payload: { kind: 'Nonsense' } });
  }
  t.ok(log.lines.length <= 25, `${log.lines.length} lines`);
  const { body } = await server.inject('/metrics');
  t.match(body, 'bluegreen_unproven_reviews_total{webhook="mutate"} 100');
  t.match(body, 'bluegreen_admission_errors_total{webhook="mutate"} 0', 'and raise no alert');
});
