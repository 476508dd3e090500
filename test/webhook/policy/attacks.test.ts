import t from 'tap';
import { ANNOTATION, governed, previousOf, readRecord } from '../../../webhook/policy/index.ts';
import { settledRevision } from '../../../webhook/policy/smoke-test.ts';
import {
  annotated,
  annotationsOf,
  BLUE_REVISION,
  blueLive,
  change,
  checksOf,
  FACTS,
  GREEN_REVISION,
  greenLive,
  judge,
  NO_SELECTOR,
  promoted,
  revision,
  reweighted,
  running,
  stored,
  traefikService,
  UNREADABLE,
  withColor,
  withServices,
} from './build.ts';

function entries(first: number, second: number, third: number) {
  return withServices([
    { name: 'shop-blue', weight: first },
    { name: 'shop-green', weight: second },
    { name: 'shop-green', weight: third },
  ]);
}

/** Ways to bring an untested version active, or to keep a way open, that somebody thought of. */

t.test('annotations that pair the preview with a new name do not make it count as active', async (t) => {
  const old = stored(change(blueLive()));
  const swapped = annotated(traefikService({ 'shop-green': 100, other: 0 }, annotationsOf(old)), {
    [ANNOTATION.blue]: 'other',
    [ANNOTATION.green]: 'shop-green',
  });
  t.not(judge(change(swapped, old)).findings.length, 0);
});

t.test('annotations that would change the pair for the next request are denied', async (t) => {
  const old = stored(change(blueLive()));
  const staged = annotated(old, { [ANNOTATION.blue]: 'other', [ANNOTATION.green]: 'shop-green' });
  t.same(checksOf(judge(change(staged, old))), ['known-colors']);
  const named = annotated(old, { [ANNOTATION.blue]: 'shop-blue', [ANNOTATION.green]: 'shop-green' });
  t.same(checksOf(judge(change(named, old))), [], 'naming the same pair is fine');
});

t.test('annotations that swap the colors are no way to start on green', async (t) => {
  const swap = { [ANNOTATION.blue]: 'shop-green', [ANNOTATION.green]: 'shop-blue' };
  t.same(checksOf(judge(change(greenLive(swap)))), ['known-colors', 'smoke-test']);
});

t.test('annotations that were swapped while the webhook was away move no color', async (t) => {
  const swap = { [ANNOTATION.blue]: 'shop-green', [ANNOTATION.green]: 'other' };
  const old = annotated(stored(change(blueLive())), swap);
  const next = traefikService({ 'shop-green': 100, other: 0 }, annotationsOf(old));
  t.not(judge(change(next, old)).findings.length, 0);
  t.same(checksOf(judge(change(greenLive(annotationsOf(old)), old))), ['smoke-test']);
});

t.test('dropping the annotations of a pair does not end governance', async (t) => {
  const names = { [ANNOTATION.blue]: 'a', [ANNOTATION.green]: 'b' };
  const old = stored(change(traefikService({ a: 100, b: 0 }, names)));
  for (const half of [{ [ANNOTATION.green]: null }, { [ANNOTATION.blue]: null }, { [ANNOTATION.blue]: '' }])
    t.same(checksOf(judge(change(annotated(old, half), old))), ['known-colors']);
  t.same(checksOf(judge(change(traefikService({ a: 100, b: 0 }), old))), ['known-colors'], 'by a replace');
  const byName = stored(change(blueLive({ [ANNOTATION.blue]: 'shop-blue', [ANNOTATION.green]: 'shop-green' })));
  t.same(checksOf(judge(change(blueLive(), byName))), [], 'names that tell the pair need none');
});

t.test('a pair once fixed cannot be swapped', async (t) => {
  const old = stored(change(blueLive()));
  const swap = { [ANNOTATION.blue]: 'shop-green', [ANNOTATION.green]: 'shop-blue' };
  t.same(governed({ object: annotated(old, swap), oldObject: old }), governed({ object: old, oldObject: old }));
  t.same(checksOf(judge(change(annotated(old, swap), old))), ['known-colors']);
});

t.test('a color that had weight 0 beside a stranger was not active', async (t) => {
  const old = traefikService({ shop: 100, 'shop-green': 0 });
  t.same(checksOf(judge(change(greenLive(), old))), ['smoke-test']);
});

t.test('a second entry of the preview does not carry it active unseen', async (t) => {
  const decision = judge(change(entries(0, 0, 100), entries(100, 0, 0)));
  t.same(checksOf(decision), ['smoke-test']);
});

t.test('a rollback to a color whose workload has another image by now is none', async (t) => {
  const old = promoted();
  const blue = running(BLUE_REVISION);
  const facts = withColor(FACTS, 'blue', {
    ...blue,
    workload: {
      kind: 'Deployment',
      name: 'shop-blue',
      images: ['podinfo:6.2.0'],
      replicas: 1,
      unsettled: 'is paused',
    },
  });
  const decision = judge(change(reweighted(old, { 'shop-blue': 100, 'shop-green': 0 }), old), facts);
  t.equal(decision.switched?.kind, 'rollback');
  t.same(checksOf(decision), ['smoke-test']);
});

t.test('"none" that was written while the webhook was away stays', async (t) => {
  const old = annotated(promoted(), { [ANNOTATION.previous]: 'none' });
  const next = stored(change(annotated(old, { note: 'hello' }), old));
  t.equal(previousOf(next), null);
  t.equal(readRecord(next).previous, null);
});

t.test('a record forged in a rollback while the webhook was away gives no color to roll back to', async (t) => {
  const forged = JSON.stringify({ active: { color: 'blue' }, previous: { color: 'green', images: [] }, history: [] });
  for (const previous of ['blue', null]) {
    const old = annotated(blueLive(), {
      [ANNOTATION.active]: 'blue',
      [ANNOTATION.record]: forged,
      [ANNOTATION.previous]: previous,
    });
    const next = stored(change(annotated(old, { note: 'hello' }), old));
    t.equal(previousOf(next), null);
    t.same(checksOf(judge(change(reweighted(next, { 'shop-blue': 0, 'shop-green': 100 }), next))), ['smoke-test']);
  }
});

t.test('a rollback soon after a promotion has its own time', async (t) => {
  const old = promoted();
  const later = '2026-03-01T12:00:30Z';
  const rolledBack = stored(change(reweighted(old, { 'shop-blue': 100, 'shop-green': 0 }), old), FACTS, later);
  t.equal(readRecord(rolledBack).history.at(-1)?.at, later);
  t.equal(readRecord(rolledBack).active?.since, later);
});

t.test('a time that a user slips in is no place for other text', async (t) => {
  const slipped = 'Sun Mar 01 2026 12:00:00 GMT (\u001b[31mall is well)';
  const record = JSON.stringify({
    active: null,
    previous: null,
    history: [{ kind: 'creation', to: 'blue', at: slipped }],
  });
  const created = stored(change(blueLive({ [ANNOTATION.record]: record })));
  t.equal(readRecord(created).history.at(-1)?.at, '2026-03-01T12:00:00Z');
});

t.test('a smoke test of a revision does not hold for endpoints kept by hand', async (t) => {
  const created = stored(change(blueLive()));
  const old = stored(change(annotated(created, { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created));
  const facts = withColor(FACTS, 'green', NO_SELECTOR);
  const decision = judge(change(reweighted(old, { 'shop-blue': 0, 'shop-green': 100 }), old), facts);
  t.same(checksOf(decision), ['smoke-test']);
});

t.test('the color that production leaves in the middle of a rollout is remembered by its template', async (t) => {
  const facts = withColor(FACTS, 'blue', running(BLUE_REVISION, revision('b7', '6.1.7')));
  const created = stored(change(blueLive()));
  const next = stored(
    change(annotated(greenLive(annotationsOf(created)), { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created),
    facts,
  );
  t.same(readRecord(next).previous?.images, ['podinfo:6.1.7']);
  const other = withColor(FACTS, 'blue', running(revision('b8', '9.9.9')));
  const back = judge(change(reweighted(next, { 'shop-blue': 100, 'shop-green': 0 }), next), other);
  t.same(checksOf(back), ['smoke-test']);
});

t.test('thousands of bad entries make no endless message', async (t) => {
  const entries = Array.from({ length: 10_000 }, () => ({ name: 'shop-blue', namespace: 'elsewhere', weight: 0 }));
  const old = stored(change(blueLive()));
  const message = judge(change(withServices(entries), old))
    .findings.map(({ detail }) => detail)
    .join('; ');
  t.ok(message.length < 2000, `${message.length} characters`);
});

t.test('a suggested command can be pasted, whatever an image is called', async (t) => {
  const old = stored(change(blueLive()));
  const evil = { name: 'x', images: ['podinfo:$(reboot)'], imageIDs: [] };
  const facts = withColor(FACTS, 'green', running(evil));
  const [finding] = judge(change(greenLive(annotationsOf(old)), old), facts).findings;
  t.match(finding?.detail, "'bluegreen.dev/smoke-test=passed:$(reboot)'");
  const [undecided] = judge(change(greenLive(annotationsOf(old)), old), UNREADABLE).findings;
  t.match(undecided?.detail, "'bluegreen.dev/smoke-test=passed:<");
});

t.test('the preview runs what was tested, not what merely has its name', async (t) => {
  const created = stored(change(blueLive()));
  const old = stored(change(annotated(created, { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created));
  const promote = change(reweighted(old, { 'shop-blue': 0, 'shop-green': 100 }), old);
  t.same(checksOf(judge(promote)), []);
  const pushed = { ...GREEN_REVISION, imageIDs: ['podinfo@sha256:other'] };
  t.same(checksOf(judge(promote, withColor(FACTS, 'green', running(pushed)))), ['smoke-test']);
  t.same(checksOf(judge(promote, withColor(FACTS, 'green', running(GREEN_REVISION, BLUE_REVISION)))), [
    'ready-endpoints',
  ]);
  t.same(checksOf(judge(promote, UNREADABLE)), ['smoke-test', 'ready-endpoints']);
});

t.test('a previous color of which nothing was recorded is no way around the test', async (t) => {
  const nothing = { ...running(), workload: null };
  const created = stored(change(blueLive()), withColor(FACTS, 'blue', nothing));
  const next = stored(
    change(annotated(greenLive(annotationsOf(created)), { [ANNOTATION.smokeTest]: 'passed:6.1.6' }), created),
    withColor(FACTS, 'blue', nothing),
  );
  const back = change(reweighted(next, { 'shop-blue': 100, 'shop-green': 0 }), next);
  t.same(checksOf(judge(back, withColor(FACTS, 'blue', running(revision('b9', '9.9.9'))))), ['smoke-test']);
  t.same(checksOf(judge(back, withColor(FACTS, 'blue', NO_SELECTOR))), [], 'endpoints by hand have no images');
});

t.test('a bare ReplicaSet whose template has other images than its pods is not settled', async (t) => {
  const revision = { name: 'green', images: ['podinfo:6.1.6'], imageIDs: [] };
  const color = {
    service: { ports: [], hasSelector: true, external: false, headless: false, nodePort: false },
    readyEndpoints: 1,
    servers: {},
    revisions: [revision],
    workload: { kind: 'ReplicaSet', name: 'green', images: ['podinfo:6.1.5'], replicas: 1, unsettled: null },
  } as const;
  t.match(settledRevision(color, 'green'), { unsettled: /ReplicaSet green has other images in its template/ });
  t.same(settledRevision({ ...color, workload: { ...color.workload, images: revision.images } }, 'green'), {
    revision,
  });
});
