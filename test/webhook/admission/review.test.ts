import t from 'tap';
import { parseReview } from '../../../webhook/admission/review.ts';
import { errored, reviewOf } from '../../../webhook/admission/responses.ts';
import { ALLOWED, review } from '../parts.ts';

t.test('a review is read as it came', async (t) => {
  const parsed = parseReview(review({ subResource: 'scale', dryRun: true }));
  t.match(parsed, {
    kind: 'request',
    request: {
      uid: 'f00d',
      operation: 'UPDATE',
      group: 'traefik.io',
      version: 'v1alpha1',
      resource: 'traefikservices',
      subResource: 'scale',
      namespace: 'demo',
      name: 'shop',
      user: { name: 'ada', uid: '', groups: ['devs'], extra: {} },
      dryRun: true,
    },
  });
});

t.test('what has no uid cannot be answered, and the reason names what is wrong', async (t) => {
  const cases: readonly [unknown, RegExp][] = [
    [null, /body is null/],
    ['text', /body is a string/],
    [[], /body is a list/],
    [{}, /kind is missing/],
    [
      { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', request: { uid: 'x' } },
      /v1beta1.*admissionReviewVersions/,
    ],
    [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }, /request is missing/],
    [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: null }, /request is null/],
    [review({ uid: undefined }), /request\.uid/],
    [review({ uid: 7 }), /request\.uid/],
    [review({ uid: '' }), /request\.uid/],
  ];
  for (const [body, reason] of cases) {
    const parsed = parseReview(body);
    t.match(parsed, { kind: 'unanswerable', reason });
  }
});

t.test('what has a uid is answered even if it makes no sense', async (t) => {
  const cases: readonly [object, RegExp][] = [
    [{ operation: 'EXPLODE' }, /operation is "EXPLODE"/],
    [{ operation: undefined }, /operation is missing/],
    [{ resource: 'traefikservices' }, /request\.resource/],
    [{ object: 'text' }, /request\.object is a string/],
    [{ oldObject: [] }, /request\.oldObject is a list/],
    [{ options: 3 }, /request\.options is a number/],
  ];
  for (const [request, reason] of cases) {
    t.match(parseReview(review(request)), { kind: 'unreadable', uid: 'f00d', reason });
  }
});

t.test('a deletion has no object; missing and odd user fields are tolerated', async (t) => {
  const parsed = parseReview(
    review({ operation: 'DELETE', object: null, userInfo: { groups: ['a', 3, null], extra: 'x' }, name: undefined }),
  );
  t.match(parsed, {
    kind: 'request',
    request: { operation: 'DELETE', object: null, name: '', user: { name: '', groups: ['a'], extra: {} } },
  });
});

t.test('a __proto__ key stays a key', async (t) => {
  const body: unknown = JSON.parse(
    JSON.stringify(review()).replace('"metadata"', '"spec":{"__proto__":{"polluted":1}},"metadata"'),
  );
  const parsed = parseReview(body);
  t.equal(parsed.kind, 'request');
  if (parsed.kind === 'request') {
    t.match(JSON.stringify(parsed.request.object), /"__proto__":\{"polluted":1\}/);
  }
  t.equal(Reflect.get({}, 'polluted'), undefined);
});

t.test('a patch goes out only from a mutating webhook, with its type', async (t) => {
  const answer = {
    ...ALLOWED,
    verdict: 'patched' as const,
    patch: [{ op: 'add' as const, path: '/x', value: { ['__proto__']: 1 } }],
  };
  const { response } = reviewOf('u', answer, true);
  t.match(response, { uid: 'u', allowed: true, patchType: 'JSONPatch' });
  t.equal(Buffer.from(response.patch ?? '', 'base64').toString(), '[{"op":"add","path":"/x","value":{"__proto__":1}}]');
  t.same(reviewOf('u', answer, false).response, { uid: 'u', allowed: true });
  t.same(reviewOf('u', { ...answer, patch: [] }, true).response, { uid: 'u', allowed: true });
});

t.test('denials and errors carry code, reason and message', async (t) => {
  const denied = { ...ALLOWED, verdict: 'denied' as const, message: 'no', checks: [] };
  t.match(reviewOf('u', { ...denied, reason: 'Forbidden' }, true).response, {
    allowed: false,
    status: { code: 403, reason: 'Forbidden', message: 'no' },
  });
  t.match(reviewOf('u', { ...denied, reason: 'Invalid' }, true).response, { allowed: false, status: { code: 422 } });
  t.match(reviewOf('u', errored(500, 'oh'), true).response, {
    allowed: false,
    status: { code: 500, reason: 'InternalError', message: 'oh' },
  });
  t.match(reviewOf('u', errored(200, 'oh'), true).response, { allowed: false, status: { code: 400 } });
});

t.test('warnings are one line of at most 256 characters, cut after a word', async (t) => {
  const long = `first\nsecond\u0000 ${'word '.repeat(100)}`;
  const unbroken = '🟦'.repeat(300);
  const { warnings = [] } = reviewOf('u', { ...ALLOWED, warnings: ['short', long, unbroken] }, false).response;
  t.equal(warnings[0], 'short');
  t.match(warnings[1], /^first second word .*word…$/);
  t.not(/\p{Cc}/u.test(warnings[1] ?? ''), true);
  for (const warning of warnings) t.ok(Array.from(warning).length <= 256);
  t.match(warnings[2], /🟦…$/u);
  const { auditAnnotations = {} } = reviewOf(
    'u',
    { ...ALLOWED, auditAnnotations: { a: 'x'.repeat(9000) } },
    false,
  ).response;
  t.equal(auditAnnotations['a']?.length, 2048);
});
