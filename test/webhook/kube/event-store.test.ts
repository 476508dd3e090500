import t from 'tap';
import type { EventToWrite } from '../../../webhook/events/store.ts';
import { createKubeClient } from '../../../webhook/kube/client.ts';
import { createEventStore } from '../../../webhook/kube/event-store.ts';
import { parseObject, text } from '../../../common/json.ts';
import { fakeApi } from '../fake-api.ts';

const EVENTS = '/apis/events.k8s.io/v1/namespaces/demo/events';
const event: EventToWrite = {
  subject: { group: 'traefik.io', namespace: 'demo', name: 'shop', uid: 'u-shop' },
  reason: 'Denied',
  note: 'denied the update by ada: weights-total: 90',
  key: 'UPDATE',
  once: false,
  name: 'shop.0123',
  first: new Date('2026-03-01T12:00:00.5Z'),
  count: 1,
  last: new Date('2026-03-01T12:00:09Z'),
};

async function setUp(status: number, body: object = { kind: 'Status', message: 'no' }) {
  const api = await fakeApi(() => ({ status, body }));
  const client = createKubeClient(api.config);
  const store = createEventStore(client, 'pod-1');
  function close(): void {
    client.close();
    api.close();
  }
  return { api, store, close, signal: new AbortController().signal };
}

t.test('an Event is written as events.k8s.io/v1, about the TraefikService', async (t) => {
  const { api, store, close, signal } = await setUp(201);
  t.teardown(close);
  await store.create(event, signal);
  t.match(api.calls, [{ method: 'POST', url: EVENTS }]);
  t.strictSame(parseObject(api.calls[0]?.body ?? null), {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'shop.0123', namespace: 'demo' },
    eventTime: '2026-03-01T12:00:00.500000Z',
    reportingController: 'bluegreen.dev/webhook',
    reportingInstance: 'pod-1',
    action: 'Admit',
    reason: 'Denied',
    type: 'Warning',
    note: 'denied the update by ada: weights-total: 90',
    regarding: {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TraefikService',
      namespace: 'demo',
      name: 'shop',
      uid: 'u-shop',
    },
  });
});

t.test('a repetition changes the series and nothing else, which is all that the API server allows', async (t) => {
  const { api, store, close, signal } = await setUp(200);
  t.teardown(close);
  await store.repeat({ ...event, count: 7 }, signal);
  t.match(api.calls, [{ method: 'PATCH', url: `${EVENTS}/shop.0123` }]);
  t.strictSame(parseObject(api.calls[0]?.body ?? null), {
    series: { count: 7, lastObservedTime: '2026-03-01T12:00:09.000000Z' },
  });
});

t.test('a note is cut to the 1024 bytes that the API server takes, between characters', async (t) => {
  const { api, store, close, signal } = await setUp(201);
  t.teardown(close);
  for (const note of ['é'.repeat(2000), `x${'é'.repeat(2000)}`, 'x'.repeat(5000)]) {
    await store.create({ ...event, note }, signal);
    const written = text(parseObject(api.calls.at(-1)?.body ?? null)?.['note']) ?? '';
    t.ok(Buffer.byteLength(written) <= 1024);
    t.ok(Buffer.byteLength(written) > 1015);
    t.match(written, /^[xé]+…$/);
  }
});

t.test('one that another replica has written is fine, any other denial is not', async (t) => {
  const exists = await setUp(409);
  t.teardown(exists.close);
  await t.resolves(exists.store.create(event, exists.signal));
  const forbidden = await setUp(403);
  t.teardown(forbidden.close);
  await t.rejects(forbidden.store.create(event, forbidden.signal), {
    message: /^cannot write an Event in namespace demo: no \(the service account lacks this right/,
  });
});

t.test('a TraefikService is read by a list of one, or of none', async (t) => {
  const shop = { metadata: { name: 'shop', uid: 'u-shop' } };
  const there = await setUp(200, { items: [shop] });
  t.teardown(there.close);
  t.strictSame(await there.store.read(event.subject, there.signal), shop);
  const url = decodeURIComponent(there.api.calls[0]?.url ?? '');
  t.match(url, '/apis/traefik.io/v1alpha1/namespaces/demo/traefikservices?fieldSelector=metadata.name=shop');
  const gone = await setUp(200, { items: [] });
  t.teardown(gone.close);
  t.equal(await gone.store.read(event.subject, gone.signal), null);
});
