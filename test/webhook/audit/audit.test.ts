import t from 'tap';
import type { JsonObject } from '../../../common/json.ts';
import { weighted } from './shop.ts';
import { MINUTES, audit } from './audited.ts';

/** The namespaces that an audit looks at, of a, b and c. */
async function inNamespaces(options: Parameters<typeof audit>[0], modes: Readonly<Record<string, string>>) {
  const { inventory, clock, start, shown } = audit(options);
  inventory.put('traefik.io', ...['a', 'b', 'c'].map((name) => weighted(name, 'shop', 50, 50)));
  for (const [name, mode] of Object.entries(modes)) inventory.named.set(name, mode);
  start();
  await clock.pass(0);
  return (await shown('active'))
    .filter((line) => line.includes('blue"'))
    .map((line) => /namespace="(.)"/.exec(line)?.[1]);
}

t.test('findings, live colors, endpoints and times show, and every finding is one line', async (t) => {
  const { inventory, clock, start, shown, said } = audit();
  const history = [{ kind: 'promotion', from: 'blue', to: 'green', at: '2026-01-01T00:00:00Z', images: [] }];
  const record = JSON.stringify({ active: { color: 'green' }, history });
  inventory.put('traefik.io', weighted('demo', 'split', 50, 50), weighted('demo', 'sum', 60, 30));
  inventory.put('traefik.containo.us', weighted('demo', 'old', 0, 100, { 'bluegreen.dev/record': record }));
  start();
  await clock.pass(30 * MINUTES);
  t.same(await shown('findings'), [
    'bluegreen_findings{check="single-active",namespace="demo"} 2',
    'bluegreen_findings{check="weights-total",namespace="demo"} 1',
  ]);
  t.same(
    (await shown('active')).filter((line) => line.includes('old')),
    [
      'bluegreen_active{group="traefik.containo.us",namespace="demo",name="old",color="blue"} 0',
      'bluegreen_active{group="traefik.containo.us",namespace="demo",name="old",color="green"} 1',
    ],
  );
  t.equal((await shown('ready_endpoints')).length, 6);
  t.same(await shown('last_switch'), [
    'bluegreen_last_switch_timestamp_seconds{group="traefik.containo.us",namespace="demo",name="old"} 1767225600',
  ]);
  t.match(await shown('audit'), [
    /^bluegreen_audit_duration_seconds 0$/,
    /^bluegreen_audit_interval_seconds 300$/,
    /timestamp_seconds \d+$/,
  ]);
  t.same(await shown('traefikservices'), ['bluegreen_traefikservices 3']);
  t.same(said(), [
    ['new finding', 'split', 'single-active'],
    ['new finding', 'sum', 'weights-total'],
    ['new finding', 'sum', 'single-active'],
  ]);
});

t.test('what is repaired, deleted or no longer guarded disappears, and is logged as resolved', async (t) => {
  const { inventory, clock, start, shown, said, log } = audit();
  inventory.put(
    'traefik.io',
    weighted('demo', 'a', 50, 50),
    weighted('demo', 'b', 50, 50),
    weighted('other', 'c', 50, 50),
  );
  start();
  await clock.pass(0);
  t.equal(log.lines.length, 5, 'three for the one whose Services do not exist');
  log.lines.length = 0;
  inventory.put('traefik.io', weighted('demo', 'a', 100, 0), weighted('other', 'c', 50, 50));
  inventory.named.set('other', 'off');
  await clock.pass(6 * MINUTES);
  t.same(await shown('findings'), []);
  t.equal((await shown('active')).length, 2);
  t.same(
    said()
      .map((line) => line.join(' '))
      .sort(),
    [
      'finding resolved a single-active',
      'finding resolved b single-active',
      'finding resolved c backends-exist',
      'finding resolved c ready-endpoints',
      'finding resolved c single-active',
    ],
  );
});

t.test('namespaces are chosen as the admission entries choose them', async (t) => {
  t.same(await inNamespaces({}, { a: 'off', b: 'audit' }), ['b', 'c']);
  t.same(await inNamespaces({ mode: 'off' }, { a: 'off', b: 'audit', c: 'enforced' }), ['b']);
  t.same(await inNamespaces({ mode: 'warn', excluded: ['c'] }, {}), ['a', 'b']);
});

t.test('what cannot be read stays as it was known, and the last success stands still', async (t) => {
  let broken = '';
  const { inventory, clock, start, shown, log } = audit({
    before: (kind) => {
      if (kind === broken) throw new Error('cannot list endpointslices: forbidden');
    },
  });
  inventory.put('traefik.io', weighted('demo', 'a', 50, 50), weighted('other', 'gone', 100, 0));
  start();
  await clock.pass(0);
  const before = await Promise.all([shown('findings'), shown('audit_last')]);
  log.lines.length = 0;
  broken = 'EndpointSlice';
  await clock.pass(30 * MINUTES);
  t.same(await Promise.all([shown('findings'), shown('audit_last')]), before);
  t.equal(log.lines.length, 1);
  t.match(log.lines, [{ level: 'warn', fields: { reason: /demo\/a: cannot list endpointslices: forbidden/ } }]);
  broken = '';
  await clock.pass(6 * MINUTES);
  t.match(log.lines.slice(1), [{ level: 'info', message: 'the audit sees everything again' }]);
  t.not((await shown('audit_last'))[0], before[1][0]);
});

t.test('a list that breaks off loses nothing that was known and does not repeat what was said', async (t) => {
  const { inventory, clock, start, shown, log } = audit();
  const names = ['a', 'b', 'c', 'd', 'e'];
  inventory.put('traefik.io', ...names.map((name) => weighted('demo', name, 50, 50)));
  start();
  await clock.pass(0);
  t.equal(inventory.pages, 3);
  const all = await shown('active');
  inventory.fault = new Error('the continue token is too old');
  await clock.pass(20 * MINUTES);
  t.same(await shown('active'), all);
  t.equal(log.lines.length, names.length + 1);
});

t.test('a sibling that cannot be looked up leaves the object as it was', async (t) => {
  let broken = false;
  const { inventory, clock, start, shown } = audit({
    before: (kind) => {
      if (broken && kind === 'Service') throw new Error('too slow');
    },
  });
  const alone: JsonObject = {
    metadata: { namespace: 'demo', name: 'alone' },
    spec: { weighted: { services: [{ name: 'green', port: 80, weight: 100 }] } },
  };
  const stranger = { metadata: { namespace: 'demo', name: 'no' }, spec: { weighted: { services: [{ name: 'x' }] } } };
  inventory.put('traefik.io', alone, stranger);
  start();
  await clock.pass(0);
  const before = await shown('active');
  t.equal(before.length, 2, 'its sibling exists; the other one is none of ours');
  broken = true;
  await clock.pass(6 * MINUTES);
  t.same(await shown('active'), before);
});

t.test('a teardown is judged by its list only', async (t) => {
  const { inventory, clock, start, shown, reader } = audit();
  const unguarded = { 'bluegreen.dev/unguard': 'end of life' };
  inventory.put('traefik.io', weighted('other', 'a', 100, 0, unguarded), weighted('other', 'b', 70, 30, unguarded));
  start();
  await clock.pass(0);
  t.same(await shown('findings'), ['bluegreen_findings{check="single-active",namespace="other"} 1']);
  t.same(reader.calls, []);
});

t.test('a switch that the webhook did not see has no time', async (t) => {
  const { inventory, clock, start, shown } = audit();
  const history = [{ kind: 'promotion', from: 'blue', to: 'green', at: '2026-01-01T00:00:00Z', images: [] }];
  const record = JSON.stringify({ active: { color: 'green' }, history });
  inventory.put('traefik.io', weighted('demo', 'a', 100, 0, { 'bluegreen.dev/record': record }));
  start();
  await clock.pass(0);
  t.same(await shown('last_switch'), []);
});

t.test('when it is told to stop, it ends and shows nothing any more', async (t) => {
  const { inventory, clock, start, shown, stop } = audit();
  inventory.put('traefik.io', weighted('demo', 'a', 50, 50));
  t.same(await shown(''), [], 'nothing shows before the first audit');
  const ended = start();
  await clock.pass(0);
  t.not((await shown('')).length, 0);
  stop.abort();
  await ended;
  t.same(await shown(''), []);
});

/** A TraefikService over two Services. */
function over(namespace: string, blue: string, green: string) {
  return {
    metadata: { namespace, name: 'web' },
    spec: { weighted: { services: [{ name: blue }, { name: green }] } },
  };
}

t.test('what looks like a pair and is not governed is counted, and named once in the log', async (t) => {
  const { inventory, clock, start, shown, log } = audit({ excluded: ['other'] });
  inventory.put('traefik.io', over('demo', 'web', 'web-green'), over('other', 'web', 'web-green'));
  const services = [{ name: 'web-stable' }, { name: 'web-canary' }];
  inventory.routes.set('traefik.io', [
    { metadata: { namespace: 'demo', name: 'web' }, spec: { routes: [{ match: 'Host(`a`)', services }] } },
  ]);
  start();
  await clock.pass(20 * MINUTES);
  t.same(await shown('lookalikes'), ['bluegreen_lookalikes 2']);
  t.same(await shown('traefikservices'), ['bluegreen_traefikservices 0']);
  const named = log.lines.map(({ message, fields }) => [message, ...Object.values(fields)].join(' '));
  t.same(named, [
    'not governed, and its Services look like a pair TraefikService traefik.io demo web web web-green',
    'not governed, and its Services look like a pair IngressRoute traefik.io demo web web-stable web-canary',
  ]);
  inventory.put('traefik.io', over('demo', 'web', 'api'));
  inventory.routes.clear();
  await clock.pass(20 * MINUTES);
  t.same(await shown('lookalikes'), ['bluegreen_lookalikes 0']);
});
