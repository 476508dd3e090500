import t from 'tap';
import { createRecentFacts } from '../../../webhook/facts/recent.ts';
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

function at(start: number) {
  const clock = { now: start };
  const recent = createRecentFacts(() => clock.now);
  const looks: { readonly signal: AbortSignal; readonly end: (facts: Facts) => void }[] = [];
  /** Asks, with a look that ends when the test says so. */
  function ask(query = QUERY, signal = new AbortController().signal): Promise<Facts> {
    return recent.read(query, signal, (until) => new Promise((end) => void looks.push({ signal: until, end })));
  }
  /** Asks, with a look that ends at once. */
  function askQuickly(facts: Facts = FACTS, query = QUERY): Promise<Facts> {
    return recent.read(query, new AbortController().signal, () => (looks.push(NONE), Promise.resolve(facts)));
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

t.test('not for another namespace or pair', async (t) => {
  const { looks, askQuickly } = at(0);
  await askQuickly();
  await askQuickly(FACTS, { ...QUERY, namespace: 'prod' });
  await askQuickly(FACTS, { ...QUERY, pair: { blue: 'green', green: 'blue' } });
  t.equal(looks.length, 3);
});

t.test('what could not be read is never kept', async (t) => {
  const { looks, askQuickly } = at(0);
  await askQuickly({ known: false, reason: 'connection refused' });
  await askQuickly();
  t.equal(looks.length, 2);
});

t.test(
  'that a Service is missing is never kept: the write after a dry run may follow the one that creates it',
  async (t) => {
    const { looks, askQuickly } = at(0);
    const missing = { ...COLOR, service: null };
    await askQuickly({ ...FACTS, blue: missing, green: missing });
    await askQuickly({ ...FACTS, green: missing });
    t.equal(await askQuickly(), FACTS);
    t.equal(looks.length, 3);
  },
);

t.test('a look that takes longer than a request goes on, and is there when the client asks again', async (t) => {
  const { clock, looks, ask } = at(0);
  const first = new AbortController();
  const early = ask(QUERY, first.signal);
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
  const asked = Array.from({ length: 10 }, (_, index) => ask({ ...QUERY, namespace: `n${index}` }, gone.signal));
  gone.abort();
  await Promise.all(asked);
  t.equal(looks.filter(({ signal }) => !signal.aborted).length, 4);
});
