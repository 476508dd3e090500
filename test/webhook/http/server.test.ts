import t from 'tap';
import { WEBHOOKS } from '../../../webhook/admission/webhooks.ts';
import { MODES } from '../../../webhook/policy/types.ts';
import { VERSION } from '../../../common/version.ts';
import { ALLOWED, review, testServer } from '../parts.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

t.test('every webhook and mode answers, with the uid echoed', async (t) => {
  const { server } = testServer();
  for (const webhook of WEBHOOKS) {
    for (const mode of MODES) {
      const answer = await server.inject({ method: 'POST', url: `/${webhook}/${mode}?timeout=1s`, payload: review() });
      t.equal(answer.statusCode, 200);
      t.match(answer.headers['content-type'], /^application\/json/);
      t.same(answer.json(), {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: 'f00d', allowed: true },
      });
    }
  }
});

t.test('an unknown path or mode is a 404 that says what there is', async (t) => {
  const { server } = testServer();
  for (const url of ['/mutate/loud', '/mutate', '/', '/validate/enforce']) {
    const answer = await server.inject({ method: 'POST', url, payload: review() });
    t.equal(answer.statusCode, 404);
    t.match(answer.body, /POST \/\{mutate,promotion,guard\}\/\{enforce,warn,audit\}/);
  }
  t.equal((await server.inject({ method: 'GET', url: '/mutate/enforce' })).statusCode, 404);
});

t.test('bodies that are no reviews are 400 with the reason', async (t) => {
  const { server, seen } = testServer();
  const cases: readonly [string, RegExp][] = [
    ['', /empty/],
    ['{', /not JSON/],
    ['null', /body is null/],
    ['[]', /a list/],
    ['{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}', /request is missing/],
    ['{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}}', /uid/],
    ['{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"x"}}', /v1beta1/],
  ];
  for (const [payload, text] of cases) {
    const answer = await server.inject({ method: 'POST', url: '/mutate/enforce', headers: JSON_TYPE, payload });
    t.equal(answer.statusCode, 400, payload);
    t.match(answer.body, text);
  }
  t.equal(seen.length, 0);
});

t.test('content types: anything that says JSON, and a hint for the rest', async (t) => {
  const { server } = testServer();
  function post(type: string | undefined) {
    return server.inject({
      method: 'POST',
      url: '/guard/warn',
      headers: type === undefined ? {} : { 'content-type': type },
      payload: Buffer.from(JSON.stringify(review())),
    });
  }
  for (const type of ['application/json', 'application/json; charset=utf-8', 'text/json', 'application/x.y+json']) {
    t.equal((await post(type)).statusCode, 200, type);
  }
  for (const type of ['text/plain', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'rubbish', undefined]) {
    const answer = await post(type);
    t.equal(answer.statusCode, 415, String(type));
    t.match(answer.body, /application\/json/);
  }
});

t.test('two objects of 3 MiB pass; 7 MiB is the end', async (t) => {
  const { server, seen } = testServer();
  const big = { metadata: { annotations: { big: 'x'.repeat(3 * 1024 * 1024) } } };
  const both = await server.inject({
    method: 'POST',
    url: '/mutate/enforce',
    payload: review({ object: big, oldObject: big }),
  });
  t.equal(both.statusCode, 200);
  t.equal(seen.length, 1);
  const more = await server.inject({
    method: 'POST',
    url: '/mutate/enforce',
    headers: JSON_TYPE,
    payload: ' '.repeat(7 * 1024 * 1024 + 1),
  });
  t.equal(more.statusCode, 413);
});

t.test(
  'a body of more values than two stored objects can have costs too much memory, whatever its length',
  async (t) => {
    const { server, seen } = testServer();
    async function post(values: number) {
      const payload = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","resource":{"resource":"r"},"object":{"a":[${'{},'.repeat(values)}{}]}}}`;
      return server.inject({ method: 'POST', url: '/mutate/enforce', headers: JSON_TYPE, payload });
    }
    t.equal((await post(500_000)).statusCode, 200);
    t.equal((await post(1_100_000)).statusCode, 413);
    t.equal(seen.length, 1);
  },
);

t.test('__proto__ and constructor keys pass, in both spellings, and pollute nothing', async (t) => {
  const { server, seen } = testServer((request) =>
    Promise.resolve({
      ...ALLOWED,
      verdict: 'patched',
      patch: [{ op: 'add', path: '/copy', value: request.object?.['spec'] ?? null }],
    }),
  );
  for (const key of ['__proto__', '\\u005f_proto__', 'constructor']) {
    const payload = JSON.stringify(review()).replace(
      '"object":{',
      `"object":{"spec":{"headers":{"${key}":{"prototype":{"polluted":true},"polluted":true}}},`,
    );
    const answer = await server.inject({ method: 'POST', url: '/mutate/enforce', headers: JSON_TYPE, payload });
    t.equal(answer.statusCode, 200, key);
    const patch = Buffer.from(answer.json().response.patch, 'base64').toString();
    t.match(patch, key === 'constructor' ? '"constructor":{' : '"__proto__":{', 'the key survives the way back');
    t.equal(Reflect.get({}, 'polluted'), undefined);
  }
  t.equal(seen.length, 3);
});

t.test('strange JSON reaches the handler and breaks nothing', async (t) => {
  const { server, seen } = testServer();
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const specs = [
    '{"spec":"text"}',
    '{"spec":{"weighted":{"services":{}}}}',
    '{"spec":{"weighted":{"services":[]}}}',
    `{"spec":{"weighted":{"services":[${Array.from({ length: 5000 }, () => '{"name":"x","weight":1}').join(',')}]}}}`,
    '{"spec":{"weight":"100","w2":null,"w3":1.5,"w4":1e2,"w5":-1,"w6":9007199254740993}}',
    '{"weight":1,"weight":2}',
    `{"metadata":{"annotations":{"big":"${'x'.repeat(300_000)}"}}}`,
    `{"spec":${deep}}`,
  ];
  for (const object of specs) {
    const payload = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","resource":{"resource":"r"},"object":${object}}}`;
    const answer = await server.inject({ method: 'POST', url: '/promotion/enforce', headers: JSON_TYPE, payload });
    t.equal(answer.statusCode, 200, object.slice(0, 60));
  }
  t.equal(seen[4]?.object?.['spec'] !== undefined, true);
  t.match(seen[4]?.object, { spec: { weight: '100', w2: null, w3: 1.5, w4: 100, w5: -1 } }, 'nothing is coerced');
  t.match(seen[5]?.object, { weight: 2 }, 'the last of duplicate keys counts, as for the API server');
});

t.test('nesting that overflows a handler is an answer, not a crash', async (t) => {
  const { server } = testServer((request) => {
    JSON.stringify(request.object);
    return Promise.resolve(ALLOWED);
  });
  const depth = 200_000;
  const payload = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","resource":{"resource":"r"},"object":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}}`;
  const answer = await server.inject({ method: 'POST', url: '/promotion/enforce', headers: JSON_TYPE, payload });
  t.match(answer.json(), { response: { uid: 'u', allowed: false, status: { code: 500 } } });
});

t.test('a handler that throws: code 500 without a stack, the stack in the log, a metric', async (t) => {
  const { server, log } = testServer(() => Promise.reject(new Error('secret detail')));
  const answer = await server.inject({ method: 'POST', url: '/promotion/enforce', payload: review() });
  t.equal(answer.statusCode, 200);
  t.match(answer.json(), { response: { uid: 'f00d', allowed: false, status: { code: 500, reason: 'InternalError' } } });
  t.notMatch(answer.body, /secret detail/);
  t.ok(log.lines.some(({ level, fields }) => level === 'error' && JSON.stringify(fields).includes('secret detail')));
  const metrics = await server.inject('/metrics');
  t.match(
    metrics.body,
    'bluegreen_admission_reviews_total{webhook="promotion",mode="enforce",operation="UPDATE",verdict="errored"} 1',
  );
});

t.test('an unreadable request with a uid is denied inside the protocol', async (t) => {
  const { server, seen } = testServer();
  const answer = await server.inject({
    method: 'POST',
    url: '/promotion/enforce',
    payload: review({ operation: 'X' }),
  });
  t.equal(answer.statusCode, 200);
  t.match(answer.json(), { response: { uid: 'f00d', allowed: false, status: { code: 400 } } });
  t.equal(seen.length, 0);
});

t.test('health, readiness and metrics', async (t) => {
  let ready = false;
  const { server } = testServer(ALLOWED, { readiness: () => ({ ready, reason: 'no caBundle yet' }) });
  t.equal((await server.inject('/healthz')).statusCode, 200);
  t.match(await server.inject('/readyz'), { statusCode: 503, body: 'no caBundle yet' });
  ready = true;
  t.equal((await server.inject('/readyz')).statusCode, 200);
  const metrics = await server.inject('/metrics');
  t.match(metrics.headers['content-type'], /text\/plain/);
  t.match(metrics.body, /^process_resident_memory_bytes \d/m);
  t.match(metrics.body, `bluegreen_build_info{version="${VERSION}",node_version="${process.versions.node}"} 1`);
});

/** The metrics after these requests, and what was announced of them. */
t.test('a draining server asks every connection to close', async (t) => {
  const { server } = testServer(ALLOWED, { draining: () => true });
  const answer = await server.inject({ method: 'POST', url: '/mutate/enforce', payload: review() });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers.connection, 'close');
});
