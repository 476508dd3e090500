// Webhook and plugin are not upgraded at the same time. records/first-format.json has the annotations that the first
// webhook wrote after a promotion and after the rollback of it, of the objects that build.ts makes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { at, isObject, parseObject, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { ANNOTATION, previousOf, readRecord } from '../../../webhook/policy/index.ts';
import {
  annotated,
  annotationsOf,
  blueLive,
  change,
  checksOf,
  greenLive,
  judge,
  promoted,
  reweighted,
  stored,
} from './build.ts';

const BLUE = { 'shop-blue': 100, 'shop-green': 0 };
const RECORDED = parseObject(readFileSync(join(import.meta.dirname, 'records/first-format.json'), 'utf8'));

function recorded(step: 'promoted' | 'rolledBack'): Record<string, string> {
  const annotations = at(RECORDED, step);
  if (!isObject(annotations)) throw new Error(`nothing is recorded for ${step}`);
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, text(value) ?? '']));
}
const THEN = { promoted: greenLive(recorded('promoted')), rolledBack: blueLive(recorded('rolledBack')) };
const live = promoted();
const NOW = { promoted: live, rolledBack: stored(change(reweighted(live, BLUE), live)) };

function recordIn(object: JsonObject): JsonObject {
  return parseObject(annotationsOf(object)[ANNOTATION.record] ?? '') ?? {};
}

for (const step of ['promoted', 'rolledBack'] as const) {
  t.test(`${step}: a plugin of the first format finds in a record of today all that it reads`, (t) => {
    t.hasStrict(recordIn(NOW[step]), recordIn(THEN[step]));
    const { [ANNOTATION.record]: _, ...others } = recorded(step);
    t.hasStrict(annotationsOf(NOW[step]), others);
    t.end();
  });

  t.test(`${step}: a record of the first format is read, and a write that moves nothing keeps it as it is`, (t) => {
    const { active, history } = readRecord(THEN[step]);
    t.equal(active?.color, step === 'promoted' ? 'green' : 'blue');
    t.same(
      history.map(({ kind }) => kind),
      readRecord(NOW[step]).history.map(({ kind }) => kind),
    );
    const noted = annotated(THEN[step], { note: 'x' });
    t.equal(stored(change(noted, THEN[step])), noted);
    t.end();
  });
}

t.test('a rollback by a record of the first format goes through, and its way back is the same', (t) => {
  t.equal(previousOf(THEN.promoted), 'blue');
  const decision = judge(change(reweighted(THEN.promoted, BLUE), THEN.promoted));
  t.same([checksOf(decision), decision.warnings], [[], []]);
  t.hasStrict(recordIn(decision.object), recordIn(THEN.rolledBack));
  t.end();
});
