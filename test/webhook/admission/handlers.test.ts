import t from 'tap';
import { mutateHandler, promotionHandler } from '../../../webhook/admission/handlers.ts';
import { reviewOf } from '../../../webhook/admission/responses.ts';
import type { AdmissionRequest, Answer } from '../../../webhook/admission/types.ts';
import { isObject, parseObject } from '../../../common/json.ts';
import { MODES, readRecord } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { AFTER, request, traefikService, world } from './world.ts';
import { mutate, patchOf, patched, admitted, annotate, withSpecOf, tested } from './release.ts';

const validate = promotionHandler('enforce', world(AFTER));

function pathsOf(answer: Answer) {
  return patchOf(answer).map(({ op, path }) => `${op} ${path}`);
}

function entryOf(object: JsonObject) {
  return readRecord(object).history.at(-1);
}

t.test('a creation is filled in and recorded, by nothing but additions', async (t) => {
  const answer = await mutate(request(traefikService([null, null])));
  t.same(pathsOf(answer).toSorted(), [
    'add /metadata/annotations',
    'add /spec/weighted/services/0/weight',
    'add /spec/weighted/services/1/weight',
  ]);
});

t.test('what names no pair passes without a patch, unless its annotations name colors', async (t) => {
  const spec = { weighted: { services: [{ name: 'v1', port: 80, weight: 60 }] } };
  function versions(annotations: Readonly<Record<string, string>>): AdmissionRequest {
    return request({ ...traefikService([100, 0], annotations), spec });
  }
  const half = versions({ 'bluegreen.dev/blue': 'v1' });
  for (const handler of [mutate, validate]) {
    t.match(await handler(versions({ 'a/b': 'c' })), { verdict: 'allowed', warnings: [], checks: [] });
    t.match(await handler(half), {
      verdict: 'denied',
      message:
        /^annotations: bluegreen.dev\/blue has no effect .*\nSee https:\/\/example.org\/docs\/checks.md#annotations$/,
    });
  }
  t.match(await mutate(versions({ 'bluegreen.dev/frozen': 'now' })), { verdict: 'allowed', warnings: [/no effect/] });
  t.match(await mutateHandler('warn', world())(half), {
    verdict: 'allowed',
    warnings: [/^would be denied: annotations: /],
    checks: ['annotations'],
  });
});

t.test('annotations that are there already stay untouched', async (t) => {
  const answer = await mutate(request(traefikService([100, 0], { 'a/b': 'c' })));
  t.same(pathsOf(answer).toSorted(), [
    'add /metadata/annotations/bluegreen.dev~1active',
    'add /metadata/annotations/bluegreen.dev~1record',
  ]);
});

t.test('what the patch made gets no second patch', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const attested = annotate(live, 'bluegreen.dev/smoke-test', 'passed:h1');
  const ready = await tested();
  const switched = withSpecOf(ready, traefikService([0, 100]));
  const cases: readonly (readonly [JsonObject, JsonObject | null])[] = [
    [traefikService([null, null]), null],
    [attested, live],
    [switched, ready],
    [traefikService([100, 0]), ready],
  ];
  for (const [object, oldObject] of cases) {
    const first = await mutate(request(object, oldObject));
    t.equal(first.verdict, 'patched');
    const again = request(patched(object, first), oldObject);
    const second = await mutateHandler('enforce', world(AFTER))(again);
    t.equal(second.verdict, 'allowed');
    t.equal((await validate(again)).verdict, 'allowed', 'the validating side agrees at another time');
  }
});

t.test('the validating side denies what the mutating side has missed', async (t) => {
  const ready = await tested();
  const answer = await validate(request(withSpecOf(ready, traefikService([0, 100])), ready));
  t.match(answer, { verdict: 'denied', checks: ['record'], message: /not completed by the mutating webhook/ });
  t.match(reviewOf('u1', answer, false).response.status, { code: 503, details: { retryAfterSeconds: 1 } });
  t.equal((await validate(request(traefikService([100, 0])))).verdict, 'denied');
});

t.test('the validating side never patches', async (t) => {
  for (const mode of MODES) {
    const answer = await promotionHandler(mode, world())(request(traefikService([null, null])));
    t.not(answer.verdict, 'patched', mode);
  }
});

t.test('a denial names every check at once', async (t) => {
  const ready = await admitted(traefikService([100, 0]));
  const answer = await mutate(request(withSpecOf(ready, traefikService([0, 90])), ready));
  t.match(answer, { verdict: 'denied', checks: ['weights-total', 'single-active', 'smoke-test'] });
});

t.test('warn tells what enforce would deny, audit keeps it to the audit log', async (t) => {
  const split = request(traefikService([50, 50]));
  const warned = await mutateHandler('warn', world())(split);
  t.equal(warned.verdict, 'patched');
  t.match(warned.warnings[0], /^would be denied: single-active: blue 50 \+ green 50/);
  const audited = await mutateHandler('audit', world())(split);
  t.equal(audited.verdict, 'patched');
  t.same(audited.warnings, []);
  t.match(audited.auditAnnotations, { findings: /single-active/ });
});

t.test('the findings of a promotion that goes through are in its record, on both sides', async (t) => {
  const ready = await admitted(traefikService([100, 0]));
  const untested = withSpecOf(ready, traefikService([0, 100]));
  const warned = patched(untested, await mutateHandler('warn', world())(request(untested, ready)));
  t.match(entryOf(warned), { kind: 'promotion', checks: ['smoke-test'], mode: 'warn' });
  t.equal((await mutateHandler('warn', world(AFTER))(request(warned, ready))).verdict, 'allowed', 'reinvoked');
  const override = annotate(untested, 'bluegreen.dev/override', 'incident 42');
  const oncall = { access: async () => true };
  const first = await mutateHandler('enforce', { ...world(), ...oncall })(request(override, ready));
  const overridden = patched(override, first);
  t.match(entryOf(overridden), { kind: 'promotion', checks: ['smoke-test'], override: 'incident 42' });
  const second = await promotionHandler('enforce', { ...world(AFTER), ...oncall })(request(overridden, ready));
  t.match(second, { verdict: 'allowed', override: 'incident 42' });
});

t.test('a dry run gets the same answer', async (t) => {
  const create = request(traefikService([null, null]));
  t.strictSame(await mutate({ ...create, dryRun: true }), await mutate(create));
});

t.test('a bare pass does not count from a server-side apply', async (t) => {
  const live = await admitted(traefikService([100, 0]));
  const object = annotate(live, 'bluegreen.dev/smoke-test', 'passed');
  function owned(operation: string, field: string): JsonObject {
    return {
      ...object,
      metadata: {
        ...(isObject(object['metadata']) ? object['metadata'] : {}),
        managedFields: [{ operation, fieldsV1: { 'f:metadata': { 'f:annotations': { [field]: {} } } } }],
      },
    };
  }
  const applied = owned('Apply', 'f:bluegreen.dev/smoke-test');
  t.match((await mutate(request(applied, live))).warnings, [/server-side apply/]);
  const annotated = owned('Update', 'f:bluegreen.dev/smoke-test');
  t.same((await mutate(request(annotated, live))).warnings, []);
  const besides = owned('Apply', 'f:team');
  t.same((await mutate(request(besides, live))).warnings, [], 'an apply of something else');
});

t.test('keys that JavaScript finds special survive', async (t) => {
  const source = parseObject(
    '{"metadata":{"name":"shop","labels":{"__proto__":"x","constructor":"y"}},"spec":{"weighted":{"services":[' +
      '{"name":"blue","port":80},{"name":"green","port":80}]}}}',
  );
  t.ok(source);
  const object = source ?? {};
  const answer = await mutate(request(object));
  t.same(pathsOf(answer).toSorted(), [
    'add /metadata/annotations',
    'add /spec/weighted/services/0/weight',
    'add /spec/weighted/services/1/weight',
  ]);
  t.match(JSON.stringify(patched(object, answer)), '{"__proto__":"x","constructor":"y"}');
});

t.test('the input is never changed', async (t) => {
  const object = traefikService([null, null]);
  const copy = structuredClone(object);
  await mutate(request(object));
  await validate(request(object));
  t.strictSame(object, copy);
});
