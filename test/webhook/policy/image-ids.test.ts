// The record has the contents of the images, and not only their tags: what a rollback brings back is what was active.
import t from 'tap';
import { ANNOTATION, readRecord } from '../../../webhook/policy/index.ts';
import type { Facts, Revision } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import {
  annotated,
  annotationsOf,
  BLUE_REVISION,
  change,
  checksOf,
  FACTS,
  judge,
  promoted,
  reweighted,
  running,
  stored,
  withColor,
} from './build.ts';

const BLUE = { 'shop-blue': 100, 'shop-green': 0 };
const [TAG] = BLUE_REVISION.images;

function withBlue(...revisions: readonly Partial<Revision>[]): Facts {
  return withColor(FACTS, 'blue', running(...revisions.map((other) => ({ ...BLUE_REVISION, ...other }))));
}
const MOVED = withBlue({ imageIDs: ['podinfo@sha256:other'] });
const RESTARTED = withBlue({ name: 'b5-restarted' });

function warningsOf(object: JsonObject, facts: Facts): readonly string[] {
  const decision = judge(change(reweighted(object, BLUE), object), facts);
  t.same(checksOf(decision), [], 'a rollback is never denied for it');
  return decision.warnings.map(({ reason }) => reason);
}

t.test('a promotion records the contents of what becomes active and of what it replaces', (t) => {
  const { active, previous, former } = readRecord(promoted());
  t.same(active?.imageIDs, ['podinfo@sha256:6.1.6']);
  t.same(previous?.imageIDs, ['podinfo@sha256:6.1.5']);
  t.equal(former.length, 1);
  t.notOk(
    former.some((version) => 'imageIDs' in version),
    'a former version is deployed again by its tags',
  );
  t.end();
});

t.test('a rollback to other contents under the same tag is told plainly, and goes through', (t) => {
  t.same(warningsOf(promoted(), MOVED), ['other contents under the same tag']);
  const [warning] = judge(change(reweighted(promoted(), BLUE), promoted()), MOVED).warnings;
  t.match(warning?.detail, 'podinfo@sha256:other, not podinfo@sha256:6.1.5. They were not tested');
  const half = withBlue({}, { name: 'b6', imageIDs: ['podinfo@sha256:other'] });
  t.ok(warningsOf(promoted(), half).includes('other contents under the same tag'), 'also of some of its pods');
  t.end();
});

t.test('contents that were tested since are no surprise', (t) => {
  const object = promoted();
  const attested = annotated(object, { [ANNOTATION.smokeTest]: 'passed:6.1.5' });
  const tested = stored(change(attested, object), MOVED);
  t.same(warningsOf(tested, MOVED), []);
  t.same(warningsOf(tested, withBlue({ imageIDs: ['podinfo@sha256:yet-another'] })), [
    'other contents under the same tag',
  ]);
  t.end();
});

t.test('the same contents, a restart, and a color that is scaled down are told as before', (t) => {
  t.same(warningsOf(promoted(), FACTS), []);
  t.same(warningsOf(promoted(), RESTARTED), ['another revision of the same images']);
  t.same(warningsOf(promoted(withColor(FACTS, 'blue', running({ ...BLUE_REVISION, imageIDs: [] }))), MOVED), []);
  t.end();
});

t.test('a record of an older webhook has no contents, is not rewritten, and its rollback works', (t) => {
  const object = promoted();
  const text = annotationsOf(object)[ANNOTATION.record] ?? '';
  const old = annotated(object, { [ANNOTATION.record]: text.replaceAll(/,"imageIDs":\[[^\]]*\]/g, '') });
  t.notMatch(annotationsOf(old)[ANNOTATION.record], 'imageIDs');
  t.same(readRecord(old).previous?.images, [TAG]);
  const labelled = annotated(old, { note: 'x' });
  t.equal(stored(change(labelled, old)), labelled, 'nothing is patched');
  t.same(warningsOf(old, MOVED), []);
  t.end();
});

t.test('contents so many that they would push out the history are not recorded', (t) => {
  const imageIDs = Array.from(
    { length: 60 },
    (_, index) => `registry.example.com/shop/app@sha256:${String(index).repeat(60)}`,
  );
  const { active, previous, history } = readRecord(promoted(withBlue({ imageIDs })));
  t.same(previous?.imageIDs, []);
  t.same(previous?.images, [TAG]);
  t.same(active?.imageIDs, ['podinfo@sha256:6.1.6']);
  t.equal(history.length, 2);
  t.end();
});
