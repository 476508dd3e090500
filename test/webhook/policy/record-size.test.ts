// Annotations may have 256 KiB in all (Kubernetes): what the webhook writes there must never be what goes beyond.
import t from 'tap';
import { ANNOTATION, decide, readRecord } from '../../../webhook/policy/index.ts';
import type { Permissions } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import {
  annotated,
  annotationsOf,
  change,
  checksOf,
  FACTS,
  NOON,
  PAIR,
  promoted,
  reweighted,
  running,
  SETTINGS,
  stored,
  withColor,
} from './build.ts';

const KUBERNETES_LIMIT = 262_144;
const GRANTED: Permissions = { promote: 'granted', override: 'granted' };
const BLUE = { 'shop-blue': 100, 'shop-green': 0 };
const GREEN = { 'shop-blue': 0, 'shop-green': 100 };

function sizeOf(object: JsonObject): number {
  return Object.entries(annotationsOf(object)).reduce(
    (size, [key, value]) => size + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}

function overridden(object: JsonObject, reason: string): JsonObject {
  const of = change(annotated(object, { [ANNOTATION.override]: reason }), object);
  return decide({ change: of, pair: PAIR, facts: FACTS, settings: SETTINGS, permissions: GRANTED, at: NOON }).object;
}

t.test('reasons of any length are kept in a few words, so that the next switch has room', async (t) => {
  let object = promoted();
  for (let round = 0; round < 30; round += 1)
    object = overridden(object, `${round} ${'the site is on fire 🔥 '.repeat(4000)}`);
  t.ok(sizeOf(object) < KUBERNETES_LIMIT, `${sizeOf(object)} bytes`);
  t.match(readRecord(object).history.at(-1)?.override, /^29 the site is on fire .*…$/su);
  const back = stored(change(reweighted(object, BLUE), object));
  t.ok(sizeOf(back) < KUBERNETES_LIMIT, `${sizeOf(back)} bytes`);
});

t.test('a rollback goes through beside annotations that leave no room for its history', async (t) => {
  const live = promoted();
  const room = KUBERNETES_LIMIT - sizeOf(live) - Buffer.byteLength('notes') - 10;
  const full = annotated(live, { notes: 'ä'.repeat(Math.floor(room / 2)) });
  t.ok(sizeOf(full) <= KUBERNETES_LIMIT);
  const back = stored(change(reweighted(full, BLUE), full));
  t.ok(sizeOf(back) <= KUBERNETES_LIMIT, `${sizeOf(back)} bytes`);
  t.equal(readRecord(back).active?.color, 'blue');
  t.equal(readRecord(back).history.at(-1)?.kind, 'rollback', 'the latest is kept, the oldest goes');
});

t.test('pods of very many long images fill the history sooner', async (t) => {
  const images = Array.from({ length: 40 }, (_, index) => `registry.example.com/${'team/'.repeat(30)}app-${index}:1`);
  const facts = withColor(
    withColor(FACTS, 'green', running({ name: 'g6', images, imageIDs: [] })),
    'blue',
    running({ name: 'b5', images, imageIDs: [] }),
  );
  let object = promoted();
  for (let round = 0; round < 40; round += 1) {
    const tested = annotated(object, {
      [ANNOTATION.smokeTest]: `passed:${round % 2 ? 'b5' : 'g6'}`,
      [ANNOTATION.previous]: 'none',
    });
    const next = change(reweighted(tested, round % 2 ? GREEN : BLUE), object);
    object = decide({ change: next, pair: PAIR, facts, settings: SETTINGS, permissions: GRANTED, at: NOON }).object;
  }
  t.ok(sizeOf(object) < KUBERNETES_LIMIT / 4, `${sizeOf(object)} bytes`);
  t.ok(readRecord(object).history.length > 1);
});

t.test('a record that grew while nobody guarded is cut at the next switch', async (t) => {
  const live = promoted();
  const record = readRecord(live);
  const event = { ...record.history[0], by: 'x'.repeat(2000) };
  const grown = annotated(live, {
    [ANNOTATION.record]: JSON.stringify({ ...record, history: Array.from({ length: 100 }, () => event) }),
  });
  const decision = decide({
    change: change(reweighted(grown, BLUE), grown),
    pair: PAIR,
    facts: FACTS,
    settings: SETTINGS,
    at: NOON,
  });
  t.same(checksOf(decision), []);
  t.ok(sizeOf(decision.object) < KUBERNETES_LIMIT / 4, `${sizeOf(decision.object)} bytes`);
});
