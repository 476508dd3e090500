// A switch that goes through in spite of findings: the record names the checks, and the mode.
import t from 'tap';
import { ANNOTATION, decide, readRecord } from '../../../webhook/policy/index.ts';
import type { Decision, Mode, Permissions } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import {
  annotated,
  annotationsOf,
  blueLive,
  change,
  FACTS,
  NOON,
  PAIR,
  reweighted,
  SETTINGS,
  stored,
} from './build.ts';

const LATER = '2026-03-01T12:00:30Z';
const GREEN = { 'shop-blue': 0, 'shop-green': 100 };
const GRANTED: Permissions = { promote: 'not asked', override: 'granted' };

interface Asked {
  readonly mode: Mode;
  readonly permissions?: Permissions;
  readonly at?: string;
}

function judged(object: JsonObject, oldObject: JsonObject, { at = NOON, ...asked }: Asked): Decision {
  return decide({ change: change(object, oldObject), pair: PAIR, facts: FACTS, settings: SETTINGS, at, ...asked });
}

const created = stored(change(blueLive()));
const untested = reweighted(created, GREEN);
const overridden = annotated(untested, { [ANNOTATION.override]: 'incident 42' });

function lastOf(object: JsonObject) {
  return readRecord(object).history.at(-1);
}

for (const mode of ['warn', 'audit'] as const) {
  t.test(`an untested promotion in mode ${mode} has its findings in the record`, (t) => {
    const { object, findings } = judged(untested, created, { mode });
    t.same(
      findings.map(({ check }) => check),
      ['smoke-test'],
    );
    t.match(lastOf(object), { kind: 'promotion', to: 'green', checks: ['smoke-test'], mode, override: null });
    t.equal(judged(object, created, { mode, at: LATER }).object, object, 'a second review changes nothing');
    t.end();
  });
}

t.test('an override in mode enforce has the findings without the mode, in each review', (t) => {
  const { object } = judged(overridden, created, { mode: 'enforce', permissions: GRANTED });
  const last = lastOf(object);
  t.match(last, { kind: 'promotion', override: 'incident 42', checks: ['smoke-test'] });
  t.notOk(last !== undefined && 'mode' in last);
  const again = judged(object, created, { mode: 'enforce', permissions: GRANTED, at: LATER });
  t.equal(again.object, object, 'so that the validating webhook finds it complete');
  t.end();
});

t.test('an override of nothing, and a promotion that finds nothing, have none', (t) => {
  const tested = stored(change(annotated(created, { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created));
  for (const [object, permissions] of [
    [reweighted(tested, GREEN), undefined],
    [annotated(reweighted(tested, GREEN), { [ANNOTATION.override]: 'incident 42' }), GRANTED],
  ] as const) {
    const decision = judged(object, tested, { mode: 'warn', ...(permissions ? { permissions } : {}) });
    const last = lastOf(decision.object);
    t.equal(last?.kind, 'promotion');
    t.notOk(last !== undefined && ('checks' in last || 'mode' in last));
  }
  t.end();
});

t.test('what a switch broke stays, and nobody else writes it', (t) => {
  const { object: live } = judged(untested, created, { mode: 'warn' });
  const record = annotationsOf(live)[ANNOTATION.record] ?? '';
  const honest = record.replace('"checks":["smoke-test"],', '');
  t.not(honest, record);
  const forged = annotated(live, { [ANNOTATION.record]: honest, note: 'x' });
  t.equal(annotationsOf(judged(forged, live, { mode: 'warn' }).object)[ANNOTATION.record], record);
  t.end();
});
