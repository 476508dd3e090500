// What a manifest already said is no news, also where the API server keeps no manifest: under server-side apply.
import t from 'tap';
import { ANNOTATION, readRecord, readSmokeTest, warningLines } from '../../../webhook/policy/index.ts';
import type { Change } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { appliersOf } from '../../../webhook/policy/attestation.ts';
import { at, isObject, list } from '../../../common/json.ts';
import { annotated, blueLive, change, checksOf, FACTS, judge, NOON, promoted, reweighted, stored } from './build.ts';

/** Managed fields as the API server would have them after `manager` wrote the annotation. */
function ownedBy(object: JsonObject, manager: string, operation: 'Apply' | 'Update'): JsonObject {
  const fieldsV1 = { 'f:metadata': { 'f:annotations': { [`f:${ANNOTATION.smokeTest}`]: {} } } };
  const metadata = at(object, 'metadata');
  const entry = { manager, operation, apiVersion: 'traefik.io/v1alpha1', fieldsV1 };
  return { ...object, metadata: { ...(isObject(metadata) ? metadata : {}), managedFields: [entry] } };
}

function said(object: JsonObject, value: string | null): JsonObject {
  return annotated(object, { [ANNOTATION.smokeTest]: value });
}
function written(object: JsonObject, oldObject: JsonObject | null): Change {
  return {
    ...change(object, oldObject),
    serverSideApply: appliersOf(object).length > 0,
  };
}
/** A GitOps tool's server-side apply of a manifest that says so. */
function sync(object: JsonObject, value: string, manager = 'argocd'): Change {
  return written(ownedBy(said(object, value), manager, 'Apply'), object);
}
function person(object: JsonObject, value: string | null): Change {
  return written(ownedBy(said(object, value), 'kubectl-annotate', 'Update'), object);
}

const created = stored(change(blueLive()));
const attested = stored(sync(created, 'passed:6.1.6'));
const NO_NEWS =
  'smoke-test: bluegreen.dev/smoke-test does not count: passed:6.1.6 was applied before and revoked since. If the running revision was tested, write another name of it: passed:g6';

t.test('a pass that Git brings for the first time counts, and every sync after it changes nothing', async (t) => {
  t.equal(readSmokeTest(attested)?.revision, 'g6');
  const { object, warnings } = judge(sync(attested, 'passed:6.1.6'));
  t.same([object, warnings], [attested, []]);
});

for (const [how, value] of [
  ['by another value', 'failed'],
  ['by taking the annotation away', null],
  ['by a test of their own', 'passed:g6'],
] as const)
  t.test(`a pass that a person wrote over ${how} is no news when the sync brings it back`, async (t) => {
    const over = stored(person(attested, value));
    t.same(readRecord(over).supersededPasses, ['passed:6.1.6']);
    const before = readSmokeTest(over);
    const decision = judge(sync(over, 'passed:6.1.6'));
    const { object } = decision;
    t.same(readSmokeTest(object), before, 'nothing is bound');
    t.same(warningLines(decision), [NO_NEWS]);
    const again = judge(sync(object, 'passed:6.1.6'));
    t.same([again.object, again.warnings], [object, []], 'and it is said once');
  });

t.test('nor when they say it under another name of manager', async (t) => {
  const over = stored(person(attested, 'failed'));
  t.same(warningLines(judge(sync(over, 'passed:6.1.6', 'argocd-controller'))), [NO_NEWS]);
});

t.test('nor when it was another server-side apply that wrote over it', async (t) => {
  const over = stored(sync(attested, 'failed', 'terraform'));
  t.equal(readSmokeTest(over), null);
  t.same(warningLines(judge(sync(over, 'passed:6.1.6'))), [NO_NEWS]);
});

t.test('nor after the managed fields were taken off the object first', async (t) => {
  const stripped = stored(written(said(attested, 'passed:6.1.6'), attested));
  const over = stored(person(stripped, 'failed'));
  t.same(warningLines(judge(sync(over, 'passed:6.1.6'))), [NO_NEWS]);
});

t.test('nor over promotions: it stays known', async (t) => {
  let object = stored(person(attested, 'failed'));
  object = stored(person(object, 'passed:g6'));
  object = stored(written(reweighted(object, { 'shop-blue': 0, 'shop-green': 100 }), object));
  object = stored(written(reweighted(object, { 'shop-blue': 100, 'shop-green': 0 }), object));
  t.same(readRecord(object).supersededPasses, ['passed:6.1.6']);
  t.match(warningLines(judge(sync(object, 'passed:6.1.6'))), [/passed:6\.1\.6 was applied before/]);
});

t.test('a new value in Git is news, and so is what the person says again', async (t) => {
  const over = stored(person(attested, 'failed'));
  t.equal(readSmokeTest(stored(sync(over, 'passed:g6')))?.revision, 'g6');
  t.equal(readSmokeTest(stored(person(over, 'passed:6.1.6')))?.revision, 'g6');
});

t.test('what Git itself changes is kept nowhere: it says so on purpose', async (t) => {
  const next = stored(sync(attested, 'passed:g6'));
  t.same(readRecord(next).supersededPasses, []);
});

t.test('what was taken back does not count together with a switch, either', async (t) => {
  const over = stored(person(attested, 'failed'));
  const both = ownedBy(
    said(reweighted(over, { 'shop-blue': 0, 'shop-green': 100 }), 'passed:6.1.6'),
    'argocd',
    'Apply',
  );
  const decision = judge(written(both, over));
  t.same(checksOf(decision), ['smoke-test']);
});

t.test('a switch to the previous color stays a rollback when it brings an old pass back', async (t) => {
  const live = stored(sync(promoted(), 'passed:6.1.5'));
  const over = stored(person(live, 'failed'));
  const both = ownedBy(
    said(reweighted(over, { 'shop-blue': 100, 'shop-green': 0 }), 'passed:6.1.5'),
    'argocd',
    'Apply',
  );
  t.equal(judge(written(both, over)).switched?.kind, 'rollback');
});

t.test('the last eight are kept, shortened', async (t) => {
  let object = created;
  const long = `passed:${'x'.repeat(2000)}`;
  for (const value of [...Array.from({ length: 9 }, (_, index) => `passed:${index}`), long]) {
    object = judge(sync(object, value)).object;
    object = judge(person(object, 'failed')).object;
  }
  const kept = readRecord(object).supersededPasses;
  t.equal(kept.length, 8);
  t.equal(kept[0], 'passed:2');
  t.equal(kept.at(-1)?.length, 512);
  t.match(judge(sync(object, long), FACTS, NOON).warnings[0]?.detail, /was applied before and revoked since/);
});

t.test('a record that says nothing sensible about it is read as if nothing was said', async (t) => {
  for (const value of ['"passed"', '[1, null, {}]', '{}'])
    t.same(
      readRecord(annotated(created, { [ANNOTATION.record]: `{"supersededPasses":${value}}` })).supersededPasses,
      [],
    );
  t.equal(list(at(created, 'metadata', 'managedFields')).length, 0);
});
