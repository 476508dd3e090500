import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import t from 'tap';
import {
  ANNOTATION,
  consider,
  decide,
  effectiveWeight,
  governed,
  readRecord,
  warningLines,
} from '../../../webhook/policy/index.ts';
import type { Facts } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { parseObject } from '../../../common/json.ts';
import {
  BLUE_REVISION,
  change,
  FACTS,
  GREEN_REVISION,
  judge,
  NO_SELECTOR,
  NOON,
  PAIR,
  pairOf,
  revision,
  running,
  SETTINGS,
  UNREADABLE,
  withColor,
  withServices,
} from './build.ts';

const RUNS = { numRuns: 400 };

const names = fc.constantFrom('shop-blue', 'shop-green', 'other');
const weight = fc.constantFrom(0, 100, 0, 100, 50, 1, -1, 0.5, '100', null, undefined);
const child = fc.record({ name: names, weight, kind: fc.constantFrom(undefined, 'Service', 'TraefikService') });
const service = fc.oneof({ weight: 9, arbitrary: child }, { weight: 1, arbitrary: fc.jsonValue() });

const records = fc.constantFrom(
  '{"active":{"color":"blue","images":["podinfo:6.1.5"]},"previous":null,"history":[]}',
  '{"active":{"color":"green"},"previous":{"color":"blue","revision":"b5","images":["podinfo:6.1.5"]},"history":[]}',
  '{"color":"green","revision":"g6","images":["podinfo:6.1.6"],"imageIDs":[],"by":"ada","at":"2026-03-01T12:00:00Z"}',
  '{"history":[{"kind":"promotion","to":"blue","at":"2026-03-01T12:00:30Z"}]}',
);
const value = fc.oneof(
  fc.constantFrom('passed', 'passed:6.1.6', 'passed:6.1.5', 'failed', 'blue', 'green', 'none', '', 'Black Friday'),
  records,
  fc.string(),
);
const annotations = fc.dictionary(fc.constantFrom(...Object.values(ANNOTATION), 'team'), value, { maxKeys: 6 });

const plain = fc
  .tuple(fc.array(service, { maxLength: 4 }), annotations)
  .map(([services, written]): JsonObject => toJson(withServices(services.map(toJson), written)));

/** As it would come over the wire. */
function toJson(source: unknown): JsonObject {
  return parseObject(JSON.stringify(source ?? {})) ?? {};
}

const wild = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()).map(toJson) },
  {
    weight: 2,
    arbitrary: fc
      .record({ metadata: fc.jsonValue(), spec: fc.oneof(fc.jsonValue(), fc.record({ weighted: fc.jsonValue() })) })
      .map(toJson),
  },
);

const facts: fc.Arbitrary<Facts> = fc.constantFrom(
  FACTS,
  UNREADABLE,
  withColor(FACTS, 'green', running(revision('g7', '6.1.7'))),
  withColor(FACTS, 'green', running(GREEN_REVISION, BLUE_REVISION)),
  withColor(FACTS, 'green', NO_SELECTOR),
  withColor(FACTS, 'blue', { ...running(), service: null, workload: null }),
);

function decided(object: JsonObject, oldObject: JsonObject | null, about: Facts, at: string = NOON) {
  return decide({ change: change(object, oldObject), pair: PAIR, facts: about, settings: SETTINGS, at });
}

/** Checks about the list itself: what a stored object got wrong is a warning until a request touches it. */
const RATCHET: ReadonlySet<string> = new Set(['weights-total', 'single-active', 'known-colors', 'weighted-only']);

t.test('completing twice changes nothing, also a moment later', async () => {
  fc.assert(
    fc.property(plain, fc.option(plain), facts, (object, oldObject, about) => {
      const first = decided(object, oldObject, about);
      const second = decided(first.object, oldObject, about, '2026-03-01T12:00:03Z');
      assert.deepEqual(second.object, first.object);
      assert.deepEqual(
        second.findings.map(({ check }) => check),
        first.findings.map(({ check }) => check),
      );
    }),
    RUNS,
  );
});

t.test('no input throws, whatever its shape', async () => {
  fc.assert(
    fc.property(wild, fc.option(wild), facts, (object, oldObject, about) => {
      const of = change(object, oldObject);
      governed(of);
      consider({ change: of, pair: PAIR, settings: SETTINGS });
      decided(object, oldObject, about);
    }),
    { numRuns: 1000 },
  );
});

function deep() {
  return parseObject(`{"spec":{"mirroring":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}}`) ?? {};
}

t.test('deep nesting does not throw', async () => {
  decided(deep(), deep(), FACTS);
});

t.test('completing touches weights and the record only', async () => {
  fc.assert(
    fc.property(plain, fc.option(plain), facts, (object, oldObject, about) => {
      assert.deepEqual(stripped(decided(object, oldObject, about).object), stripped(object));
    }),
    RUNS,
  );
});

/** Without what the webhook may write. */
function stripped(object: JsonObject): unknown {
  const own = new Set<string>([
    ANNOTATION.active,
    ANNOTATION.previous,
    ANNOTATION.record,
    ANNOTATION.smokeTestRecord,
    'weight',
  ]);
  return JSON.parse(JSON.stringify(object, (key, item: unknown) => (own.has(key) ? undefined : item)));
}

t.test('what is allowed has one of the allowed shapes, or the old one', async () => {
  fc.assert(
    fc.property(plain, fc.option(plain), (object, oldObject) => {
      const decision = decided(object, oldObject, FACTS);
      if (decision.findings.length > 0) return;
      const shape = decision.newState.children.map((entry) => [entry.name, effectiveWeight(entry)].join(' ')).sort();
      const allowed = [
        ['shop-blue 0', 'shop-green 100'],
        ['shop-blue 100', 'shop-green 0'],
        ['shop-blue 100'],
        ['shop-green 100'],
      ];
      const fine = allowed.some((each) => each.join() === shape.join());
      const warned = decision.warnings.some(({ check }) => RATCHET.has(check));
      assert.ok(fine || (oldObject !== null && warned), `${shape.join()} ${warningLines(decision).join('; ')}`);
    }),
    { numRuns: 1000 },
  );
});

t.test('after an allowed change the next one is about the same pair', async () => {
  fc.assert(
    fc.property(plain, fc.option(plain), (object, oldObject) => {
      const of = change(object, oldObject);
      if (governed(of).kind !== 'pair') return;
      const decision = judge(of);
      if (decision.findings.length > 0 || decision.newState.active === null) return;
      const next = governed({ object: decision.object, oldObject: decision.object });
      if (next.kind === 'pair') assert.deepEqual(next.pair, pairOf(of));
    }),
    { numRuns: 1000 },
  );
});

t.test('a color gains weight only by a pass, a recorded rollback, or as blue at the start', async () => {
  fc.assert(
    fc.property(plain, fc.option(plain), facts, (object, oldObject, about) => {
      const decision = decided(object, oldObject, about);
      const { switched, findings } = decision;
      if (switched === null || findings.length > 0) return;
      if (switched.kind === 'rollback') assert.equal(readRecord(oldObject).previous?.color, switched.to);
      else assert.equal(decision.smokeTest?.color, switched.to);
    }),
    { numRuns: 1000 },
  );
});

function longList(size: number) {
  return withServices(
    Array.from({ length: size }, (_, index) => ({ name: `shop-${index}-blue`, weight: 0, port: 80 })),
  );
}

// Of the processor, by its coarse clock: what else the machine does meanwhile must not count.
function time(size: number) {
  const [before, after] = [longList(size), longList(size)];
  const of = change(after, before);
  const rounds = 200_000 / size;
  const started = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    governed(of);
    decided(after, before, FACTS);
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000 / rounds;
}

t.test('time grows no faster than the list', async (t) => {
  time(1000);
  const [small, large] = [time(1250), time(10_000)];
  t.ok(large < small * 8 * 4, `${small.toFixed(2)} ms for 1,250 and ${large.toFixed(2)} ms for 10,000`);
});
