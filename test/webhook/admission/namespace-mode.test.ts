import t from 'tap';
import { namespaceModeHandler } from '../../../webhook/admission/namespace-mode.ts';
import type { ModeChange } from '../../../webhook/admission/namespace-mode.ts';
import { parseReview } from '../../../webhook/admission/review.ts';
import type { NamespaceMode } from '../../../webhook/policy/mode.ts';
import { review } from '../parts.ts';

function namespace(mode: string | null): object {
  return {
    metadata: { name: 'demo', labels: mode === null ? {} : { 'bluegreen.dev/mode': mode } },
  };
}

async function relabel(from: string | null, to: string | null, more: object = {}, fallback: NamespaceMode = 'enforce') {
  const seen: ModeChange[] = [];
  const handler = namespaceModeHandler(fallback, (change) => void seen.push(change));
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
