import { basename } from 'node:path';
import t from 'tap';
import { CHECKS, decide, explain, warningLines } from '../../../webhook/policy/index.ts';
import type { Decision } from '../../../webhook/policy/index.ts';
import type { Json } from '../../../common/json.ts';
import { annotation, isObject, parseObject } from '../../../common/json.ts';
import { NOON, pairOf } from './build.ts';
import { VERDICTS } from './case.ts';
import { filesOf, readFixture } from './fixture.ts';
import type { Fixture } from './fixture.ts';

function decideFixture({ change, facts, neighbors, settings, permissions }: Fixture): Decision {
  return decide({ change, pair: pairOf(change), facts, neighbors, settings, permissions, at: NOON });
}

/** Checks that never deny what names a pair. */
const WARN: ReadonlySet<string> = new Set(['annotations', 'record', 'shared-color']);

function weightsOf({ newState }: Decision) {
  return Object.fromEntries(newState.children.map(({ name, weight }) => [name, weight]));
}

/** Annotations that hold JSON are written as YAML in a fixture. */
function storedAnnotation({ object }: Decision, key: string, expected: Json | undefined) {
  const value = annotation(object, key);
  return isObject(expected) ? parseObject(value) : value;
}

for (const { id } of CHECKS) {
  for (const verdict of VERDICTS) {
    for (const file of filesOf(id, verdict)) {
      t.test(`${id} ${verdict}: ${basename(file, '.yaml')}`, async (t) => {
        const fixture = readFixture(file);
        const decision = decideFixture(fixture);
        const messages = decision.findings.map(explain);
        t.ok(fixture.about, 'says what it is about');
        t.same(messages, fixture.denied);
        const warnings = warningLines(decision);
        t.same(warnings, fixture.warned);
        const spoken = [...messages, ...(WARN.has(id) ? warnings : [])];
        t.equal(
          spoken.some((message) => message.startsWith(`${id}: `)),
          verdict === 'fail',
        );
        if (fixture.stored.weights !== null) t.same(weightsOf(decision), fixture.stored.weights);
        for (const [key, expected] of Object.entries(fixture.stored.annotations))
          t.same(storedAnnotation(decision, key, expected), expected, key);
        const again = decideFixture({ ...fixture, change: { ...fixture.change, object: decision.object } });
        t.same(again.object, decision.object, 'completing twice changes nothing');
        t.same(
          again.findings.map(({ check }) => check),
          decision.findings.map(({ check }) => check),
        );
      });
    }
  }
}
