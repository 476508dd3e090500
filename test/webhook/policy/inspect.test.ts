import t from 'tap';
import { ANNOTATION } from '../../../webhook/policy/index.ts';
import type { Facts } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { inspect } from '../../../webhook/policy/inspect.ts';
import {
  blueLive,
  change,
  FACTS,
  GREEN_REVISION,
  greenLive,
  NO_SELECTOR,
  NO_SERVICE,
  PAIR,
  promoted,
  revision,
  running,
  SETTINGS,
  stored,
  traefikService,
  UNREADABLE,
  withColor,
  withServices,
} from './build.ts';

const target = { group: 'traefik.io', namespace: 'demo', name: 'shop', pair: PAIR } as const;
function look(object: JsonObject, facts: Facts = FACTS, settings = SETTINGS) {
  return inspect({ ...target, object, facts, settings });
}
function checks(object: JsonObject, facts?: Facts, settings?: typeof SETTINGS): readonly string[] {
  return look(object, facts, settings).map(({ check }) => check);
}

t.test('what the webhook let through is in order', async (t) => {
  for (const object of [stored(change(blueLive())), promoted(), traefikService({ 'shop-green': 100 })])
    t.same(look(object), []);
});

t.test('an active color that runs other images than its promotion recorded is found', async (t) => {
  const raced = withColor(FACTS, 'green', running(revision('g7', '6.1.7')));
  t.match(look(promoted(), raced), [
    {
      check: 'active-workload',
      reason: 'the active color runs images that were not promoted',
      detail: 'shop-green is active and runs podinfo:6.1.7, which its promotion did not record: nothing tested it',
    },
  ]);
  const preview = withColor(FACTS, 'blue', running(revision('b7', '6.1.7')));
  t.same(look(promoted(), preview), [], 'the preview may run anything');
  const restarted = withColor(FACTS, 'green', running(revision('g6b', '6.1.6')));
  t.same(look(promoted(), restarted), [], 'a restart runs the same images');
  const injected = running({ ...GREEN_REVISION, images: ['podinfo:6.1.6', 'proxy:2'] });
  const workload = FACTS.known ? FACTS.green.workload : null;
  t.same(look(promoted(), withColor(FACTS, 'green', { ...injected, workload })), [], 'nor does a sidecar count');
  t.same(look(promoted(), UNREADABLE), []);
});

t.test('an active green that nobody tested is where production is: no switch is asked for', async (t) => {
  t.same(look(greenLive()), []);
  t.same(look(greenLive({ [ANNOTATION.frozen]: 'sale' })), []);
});

t.test('weights are read as Traefik reads them: nothing is filled in', async (t) => {
  t.same(checks(traefikService({ 'shop-blue': null, 'shop-green': null })), ['weights-total', 'single-active']);
  t.same(checks(traefikService({ 'shop-blue': 60, 'shop-green': 30 })), ['weights-total', 'single-active']);
  t.same(checks(traefikService({ 'shop-blue': 50, 'shop-green': 50 })), ['single-active']);
});

t.test('an object from before the webhook is judged, although an update of it would only be warned', async (t) => {
  const services = [
    { name: 'shop-blue', port: 80, weight: 100 },
    { name: 'shop-green', port: 80, weight: 0 },
    { name: 'canary', port: 80, weight: 0 },
  ];
  t.same(checks(withServices(services)), ['known-colors']);
  const mirrored = { ...blueLive(), spec: { mirroring: { name: 'shop-blue', mirrors: [{ name: 'shop-green' }] } } };
  t.same(checks(mirrored), ['weighted-only']);
});

t.test('an active color without a ready endpoint answers nobody', async (t) => {
  for (const [object, color] of [
    [blueLive(), 'blue'],
    [greenLive(), 'green'],
  ] as const) {
    t.same(checks(object, withColor(FACTS, color, running())), ['ready-endpoints'], color);
    const other = color === 'blue' ? 'green' : 'blue';
    t.same(checks(object, withColor(FACTS, other, running())), [], 'the preview may be down');
  }
});

t.test('where Traefik drops it, an empty preview is a finding', async (t) => {
  const settings = { ...SETTINGS, allowEmptyServices: false };
  t.same(checks(blueLive(), withColor(FACTS, 'green', running()), settings), ['backends-exist']);
});

t.test('a rollout under way or less capacity is no finding of what is active', async (t) => {
  const settings = { ...SETTINGS, requireFullCapacity: true };
  const one = running({ name: 'b5', images: ['podinfo:6.1.5'], imageIDs: [] });
  const busy = { ...one, workload: one.workload === null ? null : { ...one.workload, unsettled: 'is rolling out' } };
  t.same(checks(blueLive(), withColor(FACTS, 'blue', busy), settings), []);
  t.same(checks(blueLive(), withColor(FACTS, 'green', { ...one, readyEndpoints: 9 }), settings), []);
  t.same(checks(blueLive(), withColor(FACTS, 'blue', NO_SELECTOR), settings), []);
});

t.test('a Service that is gone is found, and without facts only what the object says', async (t) => {
  const gone = withColor(FACTS, 'green', NO_SERVICE);
  t.same(checks(blueLive(), gone), ['backends-exist']);
  t.same(checks(blueLive(), UNREADABLE), []);
  t.same(checks(traefikService({ 'shop-blue': 50, 'shop-green': 50 }), UNREADABLE), ['single-active']);
});

t.test('a finding says what it rests on', async (t) => {
  const gone = withColor(FACTS, 'green', NO_SERVICE);
  t.match(look(blueLive(), gone), [{ check: 'backends-exist', severity: 'denied', needs: 'facts' }]);
  const split = traefikService({ 'shop-blue': 50, 'shop-green': 50 });
  t.match(look(split), [{ check: 'single-active', severity: 'denied', needs: 'nothing' }]);
});

t.test('no object makes it throw', async (t) => {
  for (const spec of [null, 1, 'x', [], {}, { weighted: null }, { weighted: { services: [null, 1, [], { name: 3 }] } }])
    t.doesNotThrow(() => look({ spec }));
});
