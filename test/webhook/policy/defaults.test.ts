import t from 'tap';
import { isObject } from '../../../common/json.ts';
import { ANNOTATION, previousOf, readRecord, readSmokeTest } from '../../../webhook/policy/index.ts';
import { HISTORY_LIMIT } from '../../../webhook/policy/next-record.ts';
import {
  annotated,
  annotationsOf,
  blueLive,
  change,
  FACTS,
  GREEN_REVISION,
  greenLive,
  judge,
  promoted,
  revision,
  reweighted,
  running,
  stored,
  traefikService,
  withColor,
} from './build.ts';
import type { Weights } from './build.ts';

function weightsOf(decision: ReturnType<typeof judge>) {
  return Object.fromEntries(decision.newState.children.map(({ name, weight }) => [name, weight]));
}

function fill(weights: Weights, old?: Weights) {
  return weightsOf(judge(change(traefikService(weights), old === undefined ? null : traefikService(old))));
}

const [b, g] = ['shop-blue', 'shop-green'] as const;

t.test('weights left out at a creation', async (t) => {
  t.same(fill({ [b]: null, [g]: null }), { [b]: 100, [g]: 0 });
  t.same(fill({ [g]: null, [b]: null }), { [b]: 100, [g]: 0 });
  t.same(fill({ [b]: 100, [g]: null }), { [b]: 100, [g]: 0 });
  t.same(fill({ [b]: 0, [g]: null }), { [b]: 0, [g]: 100 });
  t.same(fill({ [b]: null, [g]: 100 }), { [b]: 0, [g]: 100 });
  t.same(fill({ [b]: null, [g]: 60 }), { [b]: 100, [g]: 60 }, 'which is denied');
  t.same(fill({ [b]: null }), { [b]: 100 });
});

t.test('weights left out at an update are the old ones, and nothing moves', async (t) => {
  const none = { [b]: null, [g]: null };
  t.same(fill(none, { [b]: 100, [g]: 0 }), { [b]: 100, [g]: 0 });
  t.same(fill(none, { [b]: 0, [g]: 100 }), { [b]: 0, [g]: 100 });
  t.same(fill({ [b]: 100, [g]: null }, { [b]: 0, [g]: 100 }), { [b]: 100, [g]: 100 }, 'which is denied');
  t.same(fill(none, { [b]: 60, [g]: 40 }), { [b]: 60, [g]: 40 });
  t.same(fill(none, none), { [b]: 'missing', [g]: 'missing' }, 'half and half it was');
  t.same(fill(none, { [g]: 100 }), { [b]: 0, [g]: 100 }, 'a color attached again');
  t.same(fill({ [g]: null }, { [b]: 0, [g]: 100 }), { [g]: 100 }, 'a color detached');
});

t.test('weights that were lost while nothing filled them in come back from the record', async (t) => {
  const before = promoted();
  t.equal(previousOf(before), 'blue');
  const lost = reweighted(before, { [b]: null, [g]: null });
  const sync = judge(change(lost, lost));
  t.same(weightsOf(sync), { [b]: 0, [g]: 100 }, 'the active color of the record');
  t.equal(sync.switched, null, 'which is no switch');
  t.same(sync.findings, []);
  t.same(readRecord(sync.object), readRecord(before), 'the record tells no other story');
  t.equal(previousOf(sync.object), 'blue', 'and the way back is there');

  const back = judge(change(reweighted(lost, { [b]: 100, [g]: 0 }), lost));
  t.match(back.switched, { kind: 'rollback', to: 'blue' });
  t.same(back.findings, []);
  const half = reweighted(before, { [b]: null, [g]: 100 });
  t.same(weightsOf(judge(change(lost, half))), { [b]: 0, [g]: 100 }, 'where one of them was lost, too');
  const moved = reweighted(before, { [b]: 100, [g]: null });
  t.same(weightsOf(judge(change(lost, moved))), { [b]: 100, [g]: 'missing' }, 'not against the weight that is there');
});

t.test('filling in touches nothing but weights', async (t) => {
  const object = {
    metadata: {},
    spec: {
      weighted: {
        sticky: { cookie: {} },
        services: [
          { name: b, sticky: {}, port: 'http' },
          { name: g, port: 80 },
        ],
      },
    },
  };
  const { spec } = judge(change(object)).object;
  t.same(spec, {
    weighted: {
      sticky: { cookie: {} },
      services: [
        { name: b, sticky: {}, port: 'http', weight: 100 },
        { name: g, port: 80, weight: 0 },
      ],
    },
  });
});

t.test('an object that is complete stays the very same', async (t) => {
  const done = stored(change(blueLive()));
  t.equal(judge(change(done, done)).object, done);
});

t.test('a creation is recorded', async (t) => {
  const { active, previous, history } = readRecord(stored(change(blueLive())));
  t.match(active, { color: 'blue', revision: 'b5', images: ['podinfo:6.1.5'], by: 'ada' });
  t.equal(previous, null);
  t.match(history, [{ kind: 'creation', from: null, to: 'blue' }]);
});

t.test('a promotion sets previous and uses the test up, a rollback clears it', async (t) => {
  const live = promoted();
  t.equal(annotationsOf(live)[ANNOTATION.previous], 'blue');
  t.match(readRecord(live).previous, { color: 'blue', revision: 'b5', images: ['podinfo:6.1.5'] });
  t.equal(readSmokeTest(live), null);
  t.equal(annotationsOf(live)[ANNOTATION.smokeTest], 'passed:6.1.6', 'what the user wrote stays');
  const back = stored(change(reweighted(live, { [b]: 100, [g]: 0 }), live));
  t.equal(previousOf(back), null);
  t.equal(annotationsOf(back)[ANNOTATION.previous], undefined);
  t.same(
    readRecord(back).history.map(({ kind, to }) => `${kind} ${to}`),
    ['creation blue', 'promotion green', 'rollback blue'],
  );
  t.same(
    judge(change(reweighted(back, { [b]: 0, [g]: 100 }), back)).findings.map(({ check }) => check),
    ['smoke-test'],
    'a way back to green needs a new test',
  );
});

t.test('history is bounded', async (t) => {
  let object = stored(change(blueLive()));
  for (let turn = 0; turn < HISTORY_LIMIT; turn += 1) {
    const to = turn % 2 === 0 ? 'green' : 'blue';
    const name = turn % 2 === 0 ? '6.1.6' : '6.1.5';
    const next = annotated(to === 'green' ? greenLive(annotationsOf(object)) : blueLive(annotationsOf(object)), {
      [ANNOTATION.smokeTest]: turn % 4 < 2 ? `passed:${name}` : `passed:podinfo:${name}`,
      [ANNOTATION.previous]: 'none',
    });
    object = stored(change(next, object));
  }
  const { history } = readRecord(object);
  t.equal(history.length, HISTORY_LIMIT);
  t.not(history[0]?.kind, 'creation', 'the oldest went');
});

t.test('a test of another revision of the previous color ends the rollback; of the same one it does not', async (t) => {
  const live = promoted();
  function attested(name: string, facts = FACTS) {
    return stored(change(annotated(live, { [ANNOTATION.smokeTest]: `passed:${name}` }), live), facts);
  }
  t.equal(previousOf(attested('6.1.5')), 'blue');
  t.equal(previousOf(attested('6.1.7', withColor(FACTS, 'blue', running(revision('b7', '6.1.7'))))), null);
});

t.test('forged, dropped and copied record annotations are undone', async (t) => {
  const old = promoted();
  const kept = annotationsOf(old);
  const keys = [ANNOTATION.active, ANNOTATION.previous, ANNOTATION.record, ANNOTATION.smokeTestRecord];
  for (const key of keys) {
    for (const value of ['green', 'blue', '{}', 'null', '', '[]', null]) {
      if (value === kept[key]) continue;
      const next = judge(change(annotated(old, { [key]: value }), old)).object;
      t.same(annotationsOf(next), kept, `${key}: ${value}`);
    }
  }
  const copied = annotationsOf(stored(change(blueLive(kept))));
  t.equal(copied[ANNOTATION.previous], undefined);
  t.match(copied[ANNOTATION.record], /"history":\[\{"kind":"creation"/);
});

t.test('records that cannot be read count as not there', async (t) => {
  const broken = ['{', '[]', '"x"', '{"active":7,"previous":{"color":"red"},"history":[{},7,{"to":"blue"}]}'];
  for (const record of broken) {
    const old = blueLive({ [ANNOTATION.record]: record, [ANNOTATION.previous]: 'green' });
    const { switched } = judge(change(reweighted(old, { [b]: 0, [g]: 100 }), old));
    t.equal(switched?.kind, 'promotion', record);
  }
});

const NEWS: Readonly<Record<string, { old?: string; applied?: string; now: string; sides?: boolean; bound: boolean }>> =
  {
    'a tag that is news': { now: 'passed:6.1.6', bound: true },
    'a revision': { now: 'passed:g6', bound: true },
    'a whole reference': { now: 'passed:podinfo:6.1.6', bound: true },
    'a digest': { now: 'passed:sha256:6.1.6', bound: true },
    'another tag': { now: 'passed:6.1.5', bound: false },
    'the same value as before': { old: 'passed:6.1.6', now: 'passed:6.1.6', bound: false },
    'what the last manifest said': { applied: 'passed:6.1.6', now: 'passed:6.1.6', bound: false },
    'what the manifest said, after it was taken back': {
      old: 'failed',
      applied: 'passed',
      now: 'passed',
      bound: false,
    },
    'a new manifest': { old: 'passed:6.1.5', applied: 'passed:6.1.5', now: 'passed:6.1.6', bound: true },
    'the bare form': { now: 'passed', bound: true },
    'the bare form from a server-side apply': { now: 'passed', sides: true, bound: false },
    'a tag from a server-side apply': { now: 'passed:6.1.6', sides: true, bound: true },
    'capital letters': { now: 'Passed', bound: false },
    'no name': { now: 'passed: ', bound: false },
    failed: { now: 'failed', bound: false },
    true: { now: 'true', bound: false },
  };

for (const [title, { old, applied, now, sides = false, bound }] of Object.entries(NEWS)) {
  t.test(`binding: ${title} ${bound ? 'binds' : 'does not bind'}`, async (t) => {
    const manifest = JSON.stringify({ metadata: { annotations: applied ? { [ANNOTATION.smokeTest]: applied } : {} } });
    const before = annotated(stored(change(blueLive())), {
      [ANNOTATION.smokeTest]: old ?? null,
      'kubectl.kubernetes.io/last-applied-configuration': manifest,
    });
    const of = { ...change(annotated(before, { [ANNOTATION.smokeTest]: now }), before), serverSideApply: sides };
    const record = readSmokeTest(judge(of).object);
    t.same(record?.revision ?? null, bound ? 'g6' : null);
  });
}

t.test('a bound test stands until it is used, taken back or stale', async (t) => {
  const created = stored(change(blueLive()));
  const tested = stored(change(annotated(created, { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created));
  function after(value: string | null) {
    return (
      readSmokeTest(judge(change(annotated(tested, { [ANNOTATION.smokeTest]: value }), tested)).object)?.revision ??
      null
    );
  }
  t.equal(after('passed:6.1.6'), 'g6');
  t.equal(after(null), 'g6', 'leaving the annotation out takes nothing back');
  t.equal(after('passed:9.9.9'), 'g6', 'what does not count changes nothing');
  t.equal(after('failed'), null);
});

t.test('what is not settled is not bound', async (t) => {
  const old = stored(change(blueLive()));
  const attest = change(annotated(old, { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), old);
  const paused = { ...running(GREEN_REVISION) };
  const workload = paused.workload && { ...paused.workload, unsettled: 'is paused' };
  const cases = {
    paused: withColor(FACTS, 'green', { ...paused, workload }),
    'two revisions': withColor(FACTS, 'green', running(GREEN_REVISION, revision('g7', '6.1.7'))),
    'no pods': withColor(FACTS, 'green', running()),
    'no Service': withColor(FACTS, 'green', { ...paused, service: null }),
  };
  for (const [title, facts] of Object.entries(cases)) {
    const decision = judge(attest, facts);
    t.equal(readSmokeTest(decision.object), null, title);
    t.match(decision.warnings[0]?.detail, /does not count/, title);
  }
});

t.test('the record never touches other metadata', async (t) => {
  const object = {
    ...blueLive(),
    metadata: { name: 'shop', labels: { a: 'b' }, finalizers: ['x'], annotations: { y: 'z' } },
  };
  const { metadata } = stored(change(object));
  t.match(metadata, { name: 'shop', labels: { a: 'b' }, finalizers: ['x'], annotations: { y: 'z' } });
  t.same(isObject(metadata) && Object.keys(metadata), ['name', 'labels', 'finalizers', 'annotations']);
});
