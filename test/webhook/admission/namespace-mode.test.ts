import t from 'tap';
import { namespaceModeHandler } from '../../../webhook/admission/namespace-mode.ts';
import type { ModeChange } from '../../../webhook/admission/namespace-mode.ts';
import { parseReview } from '../../../webhook/admission/review.ts';
import type { NamespaceMode } from '../../../webhook/policy/mode.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { review } from '../parts.ts';

function namespace(mode: string | null): object {
  return {
    metadata: { name: 'demo', labels: mode === null ? {} : { 'bluegreen.dev/mode': mode } },
  };
}

/** Applied with weights, without them, and by no one who is known. */
const SERVICES = ['written', 'left-out', 'unknown']
  .map((name) => {
    const services = ['blue', 'green'].map((color) => ({ name: color, ...(name === 'written' ? { weight: 50 } : {}) }));
    const applied = JSON.stringify({ spec: { weighted: { services } } });
    const annotations = name === 'unknown' ? {} : { 'kubectl.kubernetes.io/last-applied-configuration': applied };
    return JSON.stringify({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TraefikService',
      metadata: { name, namespace: 'demo', annotations },
      spec: {
        weighted: {
          services: [
            { name: 'blue', weight: 0 },
            { name: 'green', weight: 100 },
          ],
        },
      },
    });
  })
  .join('\n---\n');

interface Place {
  readonly reader?: FakeReader;
  readonly fillsWeights?: boolean;
}

async function relabel(
  from: string | null,
  to: string | null,
  more: object = {},
  fallback: NamespaceMode = 'enforce',
  { reader = new FakeReader(''), fillsWeights = false }: Place = {},
) {
  const seen: ModeChange[] = [];
  const handler = namespaceModeHandler({
    mode: fallback,
    observeMode: (change) => void seen.push(change),
    reader,
    fillsWeights,
    deadline: () => ({ signal: new AbortController().signal, end: () => {} }),
  });
  const about = { resource: { group: '', version: 'v1', resource: 'namespaces' }, name: 'demo', namespace: 'demo' };
  const parsed = parseReview(review({ ...about, object: namespace(to), oldObject: namespace(from), ...more }));
  if (parsed.kind !== 'request') throw new Error(parsed.kind);
  return { answer: await handler(parsed.request), seen };
}

t.test('a change is seen with who made it, and always allowed', async (t) => {
  const { answer, seen } = await relabel('off', null);
  t.same(seen, [{ namespace: 'demo', from: 'off', to: 'enforce', user: 'ada' }]);
  t.match(answer, { verdict: 'allowed', warnings: [], auditAnnotations: { mode: 'off to enforce' } });
});

t.test('who makes it weaker is told so', async (t) => {
  const off = await relabel(null, 'off');
  t.same(off.answer.warnings, ['namespace demo is no longer guarded by bluegreen: mode off, before it was enforce']);
  const warn = await relabel('enforce', 'warn');
  t.match(warn.answer.warnings, [/is now guarded by bluegreen in mode warn, before it was enforce: nothing is denied/]);
  t.same((await relabel('audit', 'warn')).answer.warnings, []);
});

t.test('who turns it off learns which manifests split production then', async (t) => {
  const reader = new FakeReader(SERVICES);
  const [, dangerous, ...rest] = (await relabel(null, 'off', {}, 'enforce', { reader })).answer.warnings;
  t.equal(
    dangerous,
    'write weights into the manifests of left-out, which leave them out: with mode off nothing fills them in, and the next apply splits production evenly',
  );
  t.same(rest, []);
  t.ok((dangerous ?? '').length <= 256, 'the API server does not cut it');
  t.equal((await relabel(null, 'warn', {}, 'enforce', { reader })).answer.warnings.length, 1, 'the webhook goes on');
  const filling = await relabel(null, 'off', {}, 'enforce', { reader, fillsWeights: true });
  t.equal(filling.answer.warnings.length, 1, 'the API server fills them in');
  const unread = new FakeReader('', () => Promise.reject(new Error('no')));
  t.match((await relabel(null, 'off', {}, 'enforce', { reader: unread })).answer.warnings, [
    /no longer guarded/,
    /^write weights into the manifests of namespace demo that leave them out: with mode off/,
  ]);
});

t.test('who guards it again learns which production is split', async (t) => {
  const object = {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: { name: 'shop', namespace: 'demo', annotations: { 'bluegreen.dev/active': 'green' } },
    spec: { weighted: { services: [{ name: 'blue' }, { name: 'green' }] } },
  };
  const reader = new FakeReader(JSON.stringify(object));
  const split =
    'Traefik splits the production of shop evenly, because it has no weights. Run: kubectl bluegreen promote shop -n demo --to green';
  t.same((await relabel('off', null, {}, 'enforce', { reader })).answer.warnings, [split]);
  t.same((await relabel('off', 'warn', {}, 'enforce', { reader, fillsWeights: true })).answer.warnings, [split]);
  t.same((await relabel('warn', null, {}, 'enforce', { reader })).answer.warnings, []);
});

t.test('a label that says the default changes nothing', async (t) => {
  const { answer, seen } = await relabel(null, 'warn', {}, 'warn');
  t.same(seen, []);
  t.same(answer.warnings, []);
});

t.test('a value that is no mode counts as the default, and the user learns it', async (t) => {
  const { answer, seen } = await relabel('audit', 'enforced', {}, 'off');
  t.match(seen, [{ from: 'audit', to: 'off' }]);
  t.match(answer.warnings, [
    /enforced is not a mode \(enforce, warn, audit, off\): the default applies, which is off/,
    /off/,
  ]);
});

t.test('a dry run is answered and not counted; a deletion is nothing', async (t) => {
  const dry = await relabel('enforce', 'off', { dryRun: true });
  t.same(dry.seen, []);
  t.equal(dry.answer.warnings.length, 1);
  const deletion = await relabel('enforce', 'off', { operation: 'DELETE', object: null });
  t.same(deletion.seen, []);
  t.same(deletion.answer.warnings, []);
});
