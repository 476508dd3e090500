import t from 'tap';
import { stringAt } from '../../../common/json-paths.ts';
import { createResourceClient } from '../../../common/kube/client.ts';
import type { Request, Response } from '../../../common/kube/client.ts';
import { ApiError, hasStatus, statusOf, unlessStatus } from '../../../common/kube/errors.ts';
import { resourcePath } from '../../../common/kube/paths.ts';

/** A client of an API server that answers by the request, and every request that it got. */
function served(answer: (request: Request) => { readonly status: number; readonly body: unknown }) {
  const requests: Request[] = [];
  const client = createResourceClient({
    send: (request): Promise<Response> => {
      requests.push(request);
      const { status, body } = answer(request);
      return Promise.resolve({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
    },
  });
  return { client, requests };
}

const MISSING = { kind: 'Status', reason: 'NotFound', message: 'pods "a" not found' };

t.test('get rejects with a 404, getOrNull answers null, remove false', async (t) => {
  const { client } = served(() => ({ status: 404, body: MISSING }));
  const error = await client.get('/a', {}).catch((thrown: unknown) => thrown);
  t.ok(hasStatus(error, 404));
  t.match(error, { message: 'pods "a" not found', reason: 'NotFound', code: 404, status: MISSING });
  t.equal(await client.getOrNull('/a', {}), null);
  t.equal(await client.remove('/a', {}), false);
  await t.rejects(client.list('/a', {}), { code: 404 });
  t.same(await client.listOrNone('/a', {}), []);
});

t.test('any other error rejects everywhere', async (t) => {
  const { client } = served(() => ({ status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'no' } }));
  await t.rejects(client.getOrNull('/a', {}), { code: 403, message: 'no' });
  await t.rejects(client.remove('/a', {}), { code: 403 });
  await t.rejects(client.listOrNone('/a', {}), { code: 403 });
});

t.test('objects come back as they are; the method, query and content type go out', async (t) => {
  const { client, requests } = served(() => ({ status: 200, body: { kind: 'Pod', other: [null] } }));
  t.same(await client.get('/a', { query: { x: '1 2', left: undefined } }), { kind: 'Pod', other: [null] });
  await client.create('/a', { n: 1 }, {});
  for (const type of ['json', 'merge', 'strategic', 'apply'] as const) await client.patch('/a', type, [], {});
  t.equal(await client.remove('/a', { query: { propagationPolicy: 'Background' } }), true);
  t.same(
    requests.map(({ method, path, contentType, body }) => [method, path, contentType, body]),
    [
      ['GET', '/a?x=1+2', undefined, undefined],
      ['POST', '/a', undefined, '{"n":1}'],
      ['PATCH', '/a', 'application/json-patch+json', '[]'],
      ['PATCH', '/a', 'application/merge-patch+json', '[]'],
      ['PATCH', '/a', 'application/strategic-merge-patch+json', '[]'],
      ['PATCH', '/a', 'application/apply-patch+yaml', '[]'],
      ['DELETE', '/a?propagationPolicy=Background', undefined, undefined],
    ],
  );
});

t.test('a list follows its pages to the end', async (t) => {
  const { client, requests } = served(({ path }) => {
    const token = new URL(path, 'https://x').searchParams.get('continue');
    const next = token === null ? 'two' : token === 'two' ? 'three' : '';
    return { status: 200, body: { items: [{ page: token ?? 'one' }], metadata: { continue: next } } };
  });
  t.same(await client.list('/a', { query: { labelSelector: 'x=y' } }), [
    { page: 'one' },
    { page: 'two' },
    { page: 'three' },
  ]);
  t.equal(requests[2]?.path, '/a?labelSelector=x%3Dy&limit=500&continue=three');
  t.same(await client.page('/a', 7, null, {}), { items: [{ page: 'one' }], next: 'two' });
});

t.test('when the pages expire on the way, the list is read in one', async (t) => {
  const { client, requests } = served(({ path }) => {
    if (path.includes('continue')) return { status: 410, body: { kind: 'Status', reason: 'Expired', message: 'old' } };
    const next = path.includes('limit') ? 'two' : '';
    return { status: 200, body: { items: [{ path }], metadata: { continue: next } } };
  });
  t.same(await client.list('/a', {}), [{ path: '/a' }]);
  t.equal(requests.length, 3);
  const { client: expired } = served(() => ({ status: 410, body: { kind: 'Status', message: 'old' } }));
  await t.rejects(expired.list('/a', {}), { code: 410 }, 'the first page cannot expire on the way');
});

t.test('a program words its errors', async (t) => {
  const client = createResourceClient({
    send: () => Promise.resolve({ status: 409, body: '{"message":"exists"}' }),
    message: (code, body, path, { attempt = '' }) =>
      `cannot ${attempt}: ${code} ${stringAt(body, 'message') ?? ''} ${path}`,
  });
  const message = 'cannot make a: 409 exists /a';
  await t.rejects(client.create('/a', {}, { attempt: 'make a' }), { message, code: 409 });
});

t.test('an answer that no API server gives', async (t) => {
  const { client } = served(() => ({ status: 200, body: '<html>' }));
  await t.rejects(client.get('/a', {}), { message: /is not JSON: is it an API server\?$/ });
});

t.test("an error without a Status has client-go's words", async (t) => {
  t.match(statusOf(401, '<html>'), { reason: 'Unauthorized' });
  t.match(statusOf(403, ' no way\n'), { reason: 'Forbidden', message: 'no way' });
  t.match(statusOf(403, ''), { message: 'forbidden' });
  t.match(statusOf(503, '{"kind":"Other"}'), { reason: 'ServiceUnavailable' });
  t.same(statusOf(502, 'bad'), {
    reason: '',
    message: 'an error on the server ("bad") has prevented the request from succeeding',
    details: { causes: [{ reason: 'UnexpectedServerResponse', message: 'bad' }] },
  });
  t.same(statusOf(404, JSON.stringify(MISSING)), MISSING);
});

t.test('statuses that are expected', async (t) => {
  const conflict = Promise.reject(new ApiError(409, {}));
  t.equal(await unlessStatus([404, 409], 'late', conflict), 'late');
  t.equal(await unlessStatus([404], 'late', Promise.resolve('done')), 'done');
  await t.rejects(unlessStatus([404], 'late', Promise.reject(new ApiError(500, { message: 'x' }))), { message: 'x' });
  await t.rejects(unlessStatus([404], 'late', Promise.reject(new Error('no answer'))), { message: 'no answer' });
  t.notOk(hasStatus(new Error('404'), 404));
});

t.test('paths of the API', async (t) => {
  t.equal(resourcePath('v1', 'namespaces'), '/api/v1/namespaces');
  t.equal(resourcePath('v1', 'namespaces', { name: 'shop' }), '/api/v1/namespaces/shop');
  t.equal(resourcePath('v1', 'pods', { namespace: null }), '/api/v1/pods');
  t.equal(
    resourcePath('apps/v1', 'deployments', { namespace: 'shop', name: 'blue', subresource: 'scale' }),
    '/apis/apps/v1/namespaces/shop/deployments/blue/scale',
  );
  t.equal(resourcePath('v1', 'pods', { namespace: '../x', name: 'a/b' }), '/api/v1/namespaces/..%2Fx/pods/a%2Fb');
});
