// Whether a review is the API server's, or could be made up by whoever reaches the port.
import t from 'tap';
import { createConcurrencyLimit } from '../../../webhook/admission/concurrency-limit.ts';
import { createOrigins } from '../../../webhook/admission/origin.ts';
import type { OriginParts } from '../../../webhook/admission/origin.ts';
import type { JsonObject } from '../../../common/json.ts';
import { request, traefikService } from './world.ts';

const STORED = { ...traefikService([100, 0]), metadata: { name: 'shop', namespace: 'demo', uid: 'u-shop' } };

function setUp(stored: JsonObject | null | Error, more: Partial<OriginParts> = {}) {
  const reads: string[] = [];
  let now = 0;
  const origins = createOrigins({
    authenticated: false,
    read: async ({ resource, name }) => {
      reads.push(`${resource}/${name}`);
      if (stored instanceof Error) throw stored;
      return stored;
    },
    places: createConcurrencyLimit(2),
    deadline: () => ({ signal: new AbortController().signal, end: () => {} }),
    wait: (milliseconds) => Promise.resolve(void (now += milliseconds)),
    elapsed: () => now,
    ...more,
  });
  return { origins, reads, pass: (milliseconds: number) => void (now += milliseconds) };
}

const update = request(traefikService([60, 30]), STORED);

t.test('a review with the uid of the stored object is the API server’s, and is looked up once a minute', async (t) => {
  const { origins, reads, pass } = setUp(STORED);
  t.equal(await origins.of(update, null), 'object');
  t.equal(await origins.of({ ...update, operation: 'DELETE', object: null }, null), 'object');
  t.same(reads, ['traefikservices/shop']);
  pass(61_000);
  t.equal(await origins.of(update, null), 'object');
  t.equal(reads.length, 2);
});

t.test('a review without it, or about what does not exist, may be made up', async (t) => {
  const other = request(traefikService([60, 30]), { ...STORED, metadata: { ...STORED.metadata, uid: 'guessed' } });
  t.equal(await setUp(STORED).origins.of(other, null), 'none');
  t.equal(await setUp(STORED).origins.of(request(traefikService([60, 30]), traefikService([100, 0])), null), 'none');
  t.equal(await setUp(null).origins.of(update, null), 'none');
  t.equal(await setUp(new Error('the API server is away')).origins.of(update, null), 'none');
});

t.test('a denied creation leaves nothing to look for', async (t) => {
  const { origins, reads } = setUp(STORED);
  t.equal(await origins.of(request(traefikService([60, 30])), null), 'none');
  t.same(reads, []);
});

t.test('a creation is shown by what was stored of it', async (t) => {
  const at = '2026-03-01T12:00:00Z';
  const record = JSON.stringify({ active: { color: 'green' }, history: [{ kind: 'promotion', to: 'green', at }] });
  const metadata = { ...STORED.metadata, annotations: { 'bluegreen.dev/record': record } };
  const creation = request(traefikService([0, 100]));
  t.equal(await setUp({ ...STORED, metadata }).origins.of(creation, at), 'object');
  const { origins, reads } = setUp(STORED);
  t.equal(await origins.of(creation, at), 'none');
  t.equal(reads.length, 2);
});

t.test('a flood of reviews takes few reads at a time', async (t) => {
  const { origins } = setUp(STORED, { read: () => new Promise(() => {}) });
  void origins.of(update, null);
  void origins.of(update, null);
  t.equal(await origins.of(update, null), 'none');
});

t.test('with a client certificate nothing has to be read', async (t) => {
  const { origins, reads } = setUp(null, { authenticated: true });
  t.equal(await origins.of(request(traefikService([60, 30])), null), 'certificate');
  t.same(reads, []);
});
