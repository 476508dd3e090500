import t from 'tap';
import { evaluateUngoverned, explain, governed } from '../../../webhook/policy/index.ts';
import type { Verdict } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { change, traefikService } from './build.ts';
import type { Annotations } from './build.ts';

const [BLUE, GREEN] = ['bluegreen.dev/blue', 'bluegreen.dev/green'];

function versions(annotations?: Annotations): JsonObject {
  return traefikService({ v1: 60, v2: 60 }, annotations);
}

function evaluate(object: JsonObject, oldObject: JsonObject | null = null): Verdict {
  t.not(governed(change(object, oldObject)).kind, 'pair', 'it names no pair');
  return evaluateUngoverned(change(object, oldObject));
}

function denials(annotations: Annotations): readonly string[] {
  return evaluate(versions(annotations)).findings.map(explain);
}

t.test('color annotations that name no pair are denied, with what is missing', (t) => {
  t.same(denials({ [BLUE]: 'v1' }), [
    'annotations: bluegreen.dev/blue has no effect without bluegreen.dev/green, so nothing guards this TraefikService. Write both, or remove bluegreen.dev/blue',
  ]);
  t.same(denials({ [BLUE]: '', [GREEN]: 'v2' }), [
    'annotations: bluegreen.dev/green has no effect without bluegreen.dev/blue, so nothing guards this TraefikService. Write both, or remove bluegreen.dev/green',
  ]);
  t.same(denials({ [BLUE]: 'v1', [GREEN]: 'v1' }), [
    'annotations: bluegreen.dev/blue and bluegreen.dev/green both say v1 and name no pair, so nothing guards this TraefikService. Write the names of two Services',
  ]);
  t.same(denials({ [BLUE]: 'shop-1', [GREEN]: 'shop-2' }), [
    'annotations: neither shop-1 nor shop-2, which bluegreen.dev/blue and bluegreen.dev/green name, is listed, so nothing guards this TraefikService. Write the names of the listed Services, or list these',
  ]);
  t.end();
});

t.test('what was like that before is a warning, as long as neither names nor annotations change', (t) => {
  const before = versions({ [BLUE]: 'v1' });
  const again = evaluate(traefikService({ v1: 50, v2: 50 }, { [BLUE]: 'v1' }), before);
  t.same(again.findings, []);
  t.match(again.warnings.map(explain), [/^annotations: bluegreen.dev\/blue has no effect/]);
  t.equal(evaluate(traefikService({ v1: 50, v3: 50 }, { [BLUE]: 'v1' }), before).findings.length, 1);
  t.equal(evaluate(versions({ [BLUE]: 'v2' }), before).findings.length, 1);
  t.end();
});

t.test('other annotations of this project are a warning, and none is nothing', (t) => {
  const { findings, warnings } = evaluate(versions({ 'bluegreen.dev/frozen': 'peak hours', 'example.org/team': 'x' }));
  t.same(findings, []);
  t.same(warnings.map(explain), [
    'annotations: bluegreen.dev/frozen has no effect: this TraefikService names no pair. List two Services blue and green, or name two listed Services by bluegreen.dev/blue and bluegreen.dev/green',
  ]);
  t.same(evaluate(versions()), { findings: [], warnings: [] });
  t.same(evaluate(versions({ 'example.org/blue': 'v1' })), { findings: [], warnings: [] });
  t.end();
});
