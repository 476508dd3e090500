import t from 'tap';
import { samePods } from '../../../webhook/facts/same-pods.ts';
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import { pod, service, settled, slice } from './cluster.ts';
import { FakeReader } from './fake-reader.ts';

const PAIR = { blue: 'blue', green: 'green' };

async function read(source: string): Promise<string | null> {
  const facts = await gatherFacts(
    new FakeReader(source),
    { group: 'traefik.io', namespace: 'demo', pair: PAIR, named: [], revisions: [] },
    new AbortController().signal,
  );
  if (!facts.known) throw new Error(facts.reason);
  return facts.samePods;
}

function selectors(blue: Readonly<Record<string, string>> | null, green: Readonly<Record<string, string>> | null) {
  return samePods(PAIR, { blue: { selector: blue, pods: [] }, green: { selector: green, pods: [] } });
}

t.test('colors with pods of their own have none in common', async (t) => {
  t.equal(await read(settled('blue') + settled('green')), null);
  t.equal(await read(service('blue') + service('green')), null, 'nor do two empty ones');
  t.equal(selectors({ app: 'shop', color: 'blue' }, { app: 'shop', color: 'green' }), null);
  t.equal(selectors(null, { app: 'shop' }), null, 'endpoints kept by hand');
  t.equal(selectors(null, null), null);
});

t.test('a selector of the other color, or a wider one, matches its pods', (t) => {
  t.equal(selectors({ app: 'shop' }, { app: 'shop' }), 'both Services select app=shop');
  t.equal(
    selectors({ app: 'shop', color: 'blue' }, { app: 'shop' }),
    'Service green selects app=shop, and with it the pods of blue',
  );
  const long = selectors({ app: 'x'.repeat(63), tier: 'y' }, { tier: 'y', app: 'x'.repeat(63) }) ?? '';
  t.ok(long.length < 90 && long.endsWith('…'), long);
  t.end();
});

t.test('a pod behind both Services is found whatever selects it', async (t) => {
  const shared = settled('blue') + settled('green') + slice('green', 'blue-1', 'green-1') + pod('late', { color: 'x' });
  t.equal(await read(shared), 'Pod blue-1 is behind both Services');
  t.equal(
    samePods(PAIR, { blue: { selector: null, pods: ['a', 'b'] }, green: { selector: null, pods: ['a', 'b'] } }),
    'Pod a and 1 more are behind both Services',
  );
});
