import t from 'tap';
import { createAuditReader } from '../../../webhook/kube/audit-reader.ts';
import { createKubeClient } from '../../../webhook/kube/client.ts';
import { createLeaseStore } from '../../../webhook/kube/lease.ts';
import { fakeApi, objectStore } from '../fake-api.ts';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/guard/leases/bluegreen-audit';
function soon() {
  return AbortSignal.timeout(5000);
}
const renewed = new Date('2026-01-02T03:04:05.678Z');

t.test('a Lease is written over the version that was read, with six digits after the second', async (t) => {
  const objects = new Map<string, object>([[PATH, { metadata: { name: 'bluegreen-audit', resourceVersion: '1' } }]]);
  const api = await fakeApi(objectStore(objects));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const store = createLeaseStore(client, 'guard', 'bluegreen-audit');
  t.same(await store.read(soon()), { version: '1', holder: null, durationMs: null, transitions: 0 });
  const claim = { holder: 'a', durationMs: 15_000, transitions: 1, renewed };
  const written = await store.write('1', { ...claim, acquired: renewed }, soon());
  t.same(written, { version: '2', holder: 'a', durationMs: 15_000, transitions: 1 });
  t.match(objects.get(PATH), {
    spec: { renewTime: '2026-01-02T03:04:05.678000Z', acquireTime: '2026-01-02T03:04:05.678000Z' },
  });
  t.equal(await store.write('1', claim, soon()), null, 'another client wrote meanwhile');
  t.equal((await store.write('2', { ...claim, holder: null }, soon()))?.holder, null);
});

t.test('a Lease that does not exist is null, and what else goes wrong is said', async (t) => {
  const api = await fakeApi(({ method }) => ({ status: method === 'GET' ? 404 : 403, body: { message: 'no' } }));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const store = createLeaseStore(client, 'guard', 'bluegreen-audit');
  t.equal(await store.read(soon()), null);
  const claim = { holder: 'a', durationMs: 15_000, transitions: 1, renewed };
  await t.rejects(store.write('1', claim, soon()), { message: /^cannot write Lease guard\/bluegreen-audit: no/ });
});

t.test('TraefikServices come page by page, and none where the group is not installed', async (t) => {
  const api = await fakeApi(({ url }) => {
    const { pathname, searchParams } = new URL(url, 'https://fake');
    if (pathname.includes('containo')) return { status: 404, body: {} };
    const start = Number(searchParams.get('continue') ?? 0);
    const items = [{ metadata: { name: `s${start}` } }];
    return { status: 200, body: { items, metadata: start < 2 ? { continue: String(start + 1) } : {} } };
  });
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const reader = createAuditReader(client);
  const seen: unknown[] = [];
  for await (const page of reader.traefikServices('traefik.io', soon())) seen.push([page.length, api.calls.length]);
  t.same(seen, [
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
  for await (const page of reader.traefikServices('traefik.containo.us', soon())) t.same(page, []);
});

t.test('namespaces are asked for by their label only', async (t) => {
  const api = await fakeApi(() => ({ status: 200, body: { items: [{ metadata: { name: 'a' } }], metadata: {} } }));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  t.same(await createAuditReader(client).namespacesWithMode(['off', 'warn'], soon()), new Set(['a']));
  const { searchParams } = new URL(api.calls[0]?.url ?? '', 'https://fake');
  t.equal(searchParams.get('labelSelector'), 'bluegreen.dev/mode in (off,warn)');
});
