import t from 'tap';
import { createRecentFacts, writeOf } from '../../../webhook/facts/recent.ts';
import type { LookUp } from '../../../webhook/facts/recent.ts';
import type { FactsQuery } from '../../../webhook/facts/gather.ts';
import { NOTHING_NAMED } from '../../../webhook/policy/index.ts';
import type { ColorFacts, Facts, ServiceFacts } from '../../../webhook/policy/index.ts';

const QUERY: FactsQuery = {
  group: 'traefik.io',
  namespace: 'demo',
  pair: { blue: 'blue', green: 'green' },
  named: [],
  revisions: [],
};
const SERVICE: ServiceFacts = { ports: [], hasSelector: true, external: false, headless: false, nodePort: false };
const COLOR: ColorFacts = { service: SERVICE, readyEndpoints: 0, servers: {}, revisions: [], workload: null };
const FACTS: Facts = { known: true, blue: COLOR, green: COLOR, named: NOTHING_NAMED, samePods: null };

const LOOK_UP = { query: QUERY, write: 'shop/1/', suffice: () => true };
/** Of facts that deny. */
const DENYING: Asked = { suffice: () => false };

type Asked = Partial<Omit<LookUp, 'gather'>>;

function at(start: number) {
  const clock = { now: start };
  const recent = createRecentFacts(() => clock.now);
  const looks: { readonly signal: AbortSignal; readonly end: (facts: Facts) => void }[] = [];
  function read(asked: Asked, gather: LookUp['gather'], signal = new AbortController().signal): Promise<Facts> {
    return recent.read({ ...LOOK_UP, ...asked, gather }, signal);
  }
  /** Asks, with a look that ends when the test says so. */
  function ask(asked: Asked = {}, signal?: AbortSignal): Promise<Facts> {
    return read(asked, (until) => new Promise((end) => void looks.push({ signal: until, end })), signal);
  }
  /** Asks, with a look that ends at once. */
  function askQuickly(facts: Facts = FACTS, asked: Asked = {}): Promise<Facts> {
    return read(asked, () => (looks.push(NONE), Promise.resolve(facts)));
  }
  return { clock, looks, ask, askQuickly };
}
const NONE = { signal: new AbortController().signal, end: () => {} };

t.test('what was read for one entry is there for the next, for a tenth of a second', async (t) => {
  const { clock, looks, askQuickly } = at(1000);
  for (const now of [1000, 1099]) {
    clock.now = now;
    t.equal(await askQuickly(), FACTS);
    t.equal(looks.length, 1);
  }
  clock.now = 1100;
  await askQuickly();
  t.equal(looks.length, 2);
});

t.test('not for another namespace, pair, group or kind', async (t) => {
  const { looks, askQuickly } = at(0);
  await askQuickly();
  await askQuickly(FACTS, { query: { ...QUERY, namespace: 'prod' } });
  await askQuickly(FACTS, { query: { ...QUERY, pair: { blue: 'green', green: 'blue' } } });
  await askQuickly(FACTS, { query: { ...QUERY, group: 'traefik.containo.us' } });
  await askQuickly(FACTS, { query: { ...QUERY, named: ['Middleware'] } });
  t.equal(looks.length, 5);
});

t.test('not for another write: what its client did since an answer counts', async (t) => {
  const { looks, askQuickly } = at(0);
  const oldObject = { metadata: { name: 'shop', resourceVersion: '1' } };
  const next = { metadata: { name: 'shop', resourceVersion: '2' } };
  const writes = [
    writeOf({ name: 'shop', oldObject: null }, true),
    writeOf({ name: 'shop', oldObject: null }, false),
    writeOf({ name: 'shop', oldObject }, true),
    writeOf({ name: 'shop', oldObject }, false),
    writeOf({ name: 'shop', oldObject: next }, false),
    writeOf({ name: 'other', oldObject }, false),
  ];
  for (const write of writes) await askQuickly(FACTS, { write });
  t.equal(looks.length, writes.length);
  for (const write of writes) await askQuickly(FACTS, { write });
  t.equal(looks.length, writes.length, 'each has its own');
});

t.test('what could not be read is never kept', async (t) => {
  const { looks, askQuickly } = at(0);
  await askQuickly({ known: false, reason: 'connection refused' });
  await askQuickly();
  t.equal(looks.length, 2);
});

t.test('what is kept denies nothing: it is read anew, as something may have come since', async (t) => {
  const { clock, looks, askQuickly } = at(0);
  const missing: Facts = { ...FACTS, green: { ...COLOR, service: null } };
  t.equal(await askQuickly(missing, DENYING), missing, 'what was read for the request itself does');
  t.equal(await askQuickly(missing, DENYING), missing);
  t.equal(looks.length, 2);
  t.equal(await askQuickly(FACTS, DENYING), FACTS);
  clock.now = 99;
  t.equal(await askQuickly(missing), FACTS, 'what allows is there for the next review');
  t.equal(looks.length, 3);
});

t.test('a look that takes longer than a request goes on, and is there when the client asks again', async (t) => {
  const { clock, looks, ask } = at(0);
  const first = new AbortController();
  const early = ask({}, first.signal);
  first.abort();
  t.same(await early, { known: false, reason: 'the API server did not answer in time' });
  clock.now = 1000;
  const again = ask();
  clock.now = 3000;
  looks[0]?.end(FACTS);
  t.equal(await again, FACTS, 'by the same look');
  clock.now = 5900;
  t.equal(await ask(), FACTS, 'it is as old as it was when it ended');
  t.equal(looks.length, 1);
  clock.now = 6000;
  void ask();
  t.equal(looks.length, 2);
});

t.test('a look that a request missed denies its client when that asks again', async (t) => {
  const { clock, looks, ask } = at(0);
  const first = new AbortController();
  const early = ask(DENYING, first.signal);
  first.abort();
  await early;
  clock.now = 3000;
  looks[0]?.end(FACTS);
  await Promise.resolve();
  t.equal(await ask(DENYING), FACTS);
  t.equal(looks.length, 1, 'another one would be missed, too');
});

t.test('a slow look that answers its request in time is no older than others afterwards', async (t) => {
  const { clock, looks, ask } = at(0);
  const first = ask();
  clock.now = 600;
  looks[0]?.end(FACTS);
  t.equal(await first, FACTS);
  clock.now = 700;
  void ask();
  t.equal(looks.length, 2);
});

t.test('looks that no request waits for are few', async (t) => {
  const { looks, ask } = at(0);
  const gone = new AbortController();
  const asked = Array.from({ length: 10 }, (_, index) =>
    ask({ query: { ...QUERY, namespace: `n${index}` } }, gone.signal),
  );
  gone.abort();
  await Promise.all(asked);
  t.equal(looks.filter(({ signal }) => !signal.aborted).length, 4);
});
