import t from 'tap';
import { startAnnouncer } from '../../../webhook/events/announcer.ts';
import type { Decided } from '../../../webhook/admission/decision-event.ts';
import { VirtualClock } from '../../common/virtual-clock.ts';
import { ALLOWED } from '../parts.ts';
import { recordingLog } from '../recording-log.ts';
import { request } from '../admission/world.ts';
import { FakeEvents, promoted, denied } from './parts.ts';

const NOON = '2026-03-01T12:00:00Z';

function setUp(clock = new VirtualClock(), store = new FakeEvents(), pod = 'pod-1') {
  const stop = new AbortController();
  const outcomes: string[] = [];
  const log = recordingLog();
  const parts = {
    store,
    pod,
    log,
    clock: clock.machine(),
    ended: (outcome: string) => void outcomes.push(outcome),
  };
  const { announce, tell, done } = startAnnouncer(parts, stop.signal);
  return { clock, store, stop, outcomes, log, announce, tell, done };
}

t.test('a denial is told at once, on the TraefikService, with who and why', async (t) => {
  const { clock, store, announce } = setUp();
  announce(denied());
  await clock.pass(0);
  t.same(store.told(), ['Denied x1 shop (u-shop): denied the update by ada: weights-total: 90']);
});

t.test('a loop of denied writes is one Event that counts, written ever less often', async (t) => {
  const { clock, store, announce, outcomes } = setUp();
  for (let second = 0; second < 600; second++) {
    announce(denied({}, `weights-total: ${second}`));
    await clock.pass(1000);
  }
  await clock.pass(300_000);
  t.equal(store.events.size, 1);
  t.match(store.told(), [/^Denied x600 shop .*weights-total: 0$/]);
  t.ok(store.writes.length < 15, `${store.writes.length} writes`);
  t.equal(outcomes.filter((outcome) => outcome === 'repeated').length, 599);
});

t.test('what happens again after a long silence is another Event', async (t) => {
  const { clock, store, announce } = setUp();
  announce(denied());
  await clock.pass(20 * 60_000);
  announce(denied());
  await clock.pass(0);
  t.match(store.told(), [/^Denied x1/, /^Denied x1/]);
});

/** A creation that is denied, of a TraefikService of its own. */
function deniedCreation(each: number): Decided {
  const name = `shop-${each}`;
  const { request: asked, answer, ...rest } = denied();
  return {
    ...rest,
    request: { ...asked, operation: 'CREATE', oldObject: null, name },
    answer: { ...answer, about: [{ group: 'traefik.io', name }] },
  };
}

t.test('denials that go on for long take no place from a switch', async (t) => {
  const { clock, store, announce } = setUp();
  for (let each = 0; each < 590; each++) {
    announce(deniedCreation(each));
    await clock.pass(1000);
  }
  const { decided, stored } = promoted();
  store.objects.set('shop', stored);
  announce(decided);
  await clock.pass(1000);
  t.match(store.told().at(-1), /^Promoted x1 shop/);
});

t.test('a day of many switches drops none', async (t) => {
  const { clock, store, announce, outcomes } = setUp();
  const { decided, stored } = promoted();
  for (let each = 0; each < 590; each++) {
    const name = `shop-${each}`;
    store.objects.set(name, stored);
    const { request: asked, answer } = decided;
    const about = [{ group: 'traefik.io', name }] as const;
    announce({ ...decided, request: { ...asked, name }, answer: { ...answer, about } });
    await clock.pass(1000);
  }
  await clock.pass(1000);
  t.notOk(outcomes.includes('dropped'));
  t.match(store.told().at(-1), /^Promoted x1 shop-589/);
});

t.test('denials of ever new objects are held to a budget, and leave switches their own', async (t) => {
  const { clock, store, announce, outcomes } = setUp();
  for (let each = 0; each < 1000; each++) announce(deniedCreation(each));
  const { decided, stored } = promoted();
  store.objects.set('shop', stored);
  announce(decided);
  await clock.pass(1000);
  t.equal(outcomes.filter((outcome) => outcome === 'dropped').length, 950);
  t.equal(store.events.size, 51);
  t.match(store.told()[0], /^Denied x1 shop-0 \(null\): denied the creation by ada/, 'what was never made has no uid');
  t.match(store.told().at(-1), /^Promoted x1 shop/);
});

t.test('what others find is told once, however often they find it', async (t) => {
  const { clock, store, tell } = setUp();
  const subject = { group: 'traefik.io', namespace: 'demo', name: 'shop', uid: 'u-shop' } as const;
  for (const note of ['green runs shop:3', 'green runs shop:3, shop:4'])
    tell({ subject, reason: 'UntestedImages', note, key: NOON, once: true });
  await clock.pass(1000);
  t.same(store.told(), ['UntestedImages x1 shop (u-shop): green runs shop:3']);
});

t.test('a switch is told when it is stored, not when it is let through', async (t) => {
  const { clock, store, announce } = setUp();
  const { decided, stored } = promoted();
  announce(decided);
  await clock.pass(2000);
  t.same(store.told(), []);
  store.objects.set('shop', stored);
  await clock.pass(10_000);
  t.same(store.told(), ['Promoted x1 shop (u-shop): promoted green, before it was blue by ada, revision h2 (shop:2)']);
  await clock.pass(10_000);
  const { reads } = store;
  await clock.pass(60_000);
  t.equal(store.reads, reads, 'and then nobody looks any more');
});

t.test('a switch that a later validator denies is never told', async (t) => {
  const { clock, store, announce } = setUp();
  announce(promoted().decided);
  store.objects.set('shop', promoted('2026-02-01T12:00:00Z').stored);
  await clock.pass(120_000);
  t.same(store.told(), []);
  t.equal(store.reads, 6);
});

t.test('a switch by a broken rule is told as both', async (t) => {
  const { clock, store, announce } = setUp();
  const { decided, stored } = promoted('2026-03-01T12:00:00Z', 'incident 42');
  store.objects.set('shop', stored);
  announce(decided);
  await clock.pass(1000);
  t.match(store.told(), [/^Promoted x1/, /^Overridden x1 shop .*checks were overridden by ada: incident 42$/]);
});

t.test('a request that is reviewed by several replicas, or twice, is told once', async (t) => {
  const { clock, store, announce } = setUp();
  const other = setUp(clock, store, 'pod-2');
  const { decided, stored } = promoted();
  store.objects.set('shop', stored);
  announce(decided);
  announce(decided);
  other.announce(decided);
  await clock.pass(60_000);
  t.equal(store.events.size, 1);
});

/** A guard's answer to a deletion of the Deployment green. */
function guarded(answer: Decided['answer']): Decided {
  return {
    ...denied(),
    webhook: 'guard',
    request: { ...request(null), resource: 'deployments', name: 'green', oldObject: { metadata: { uid: 'not this' } } },
    answer,
  };
}

t.test('a guard tells the TraefikServices that it protects, each once, by their uid', async (t) => {
  const { clock, store, announce } = setUp();
  store.objects.set('shop', promoted().stored);
  const { answer } = denied();
  const checked = { ...ALLOWED, checks: ['active-workload'], about: [...answer.about, ...answer.about] } as const;
  announce(
    guarded({ ...checked, verdict: 'denied', message: 'active-workload: green is active', reason: 'Forbidden' }),
  );
  announce(guarded({ ...checked, override: 'incident 42' }));
  announce(guarded(checked));
  await clock.pass(0);
  t.same(store.told(), [
    'Denied x1 shop (u-shop): denied the deletion of deployments green by ada: active-workload: green is active',
    'Overridden x1 shop (u-shop): allowed the deletion of deployments green by ada by override (incident 42): active-workload',
  ]);
});

t.test('an API server that denies Events is tried a few times, then said once', async (t) => {
  const { clock, store, announce, outcomes, log } = setUp();
  store.fault = new Error('cannot write an Event: forbidden');
  announce(denied());
  announce({ ...denied(), webhook: 'promotion', answer: { ...denied().answer, checks: ['record'] } });
  await clock.pass(60_000);
  t.same(outcomes, ['failed', 'failed']);
  t.same(store.writes.length, 6);
  t.match(log.lines, [{ level: 'warn', fields: { reason: 'cannot write an Event: forbidden' } }]);
  t.equal(log.lines.length, 1);
  store.fault = null;
  announce(denied());
  await clock.pass(0);
  t.equal(store.events.size, 1, 'and it goes on');
});

t.test('what is known when the replica ends is written', async (t) => {
  const { clock, store, stop, announce, done } = setUp();
  const { decided, stored } = promoted();
  store.objects.set('shop', stored);
  announce(denied());
  await clock.pass(0);
  announce(denied());
  announce(decided);
  stop.abort();
  await done;
  t.match(store.told(), [/^Denied x2/, /^Promoted x1/]);
});

t.test('a creation by generateName has no name to tell about', async (t) => {
  const { clock, store, announce } = setUp();
  announce({ ...denied(), answer: { ...denied().answer, about: [{ group: 'traefik.io', name: '' }] } });
  await clock.pass(0);
  t.equal(store.events.size, 0);
});
