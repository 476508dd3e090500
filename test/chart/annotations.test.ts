// Conditions in the API server ask for annotations by name: they must know all of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ANNOTATION } from '../../webhook/policy/index.ts';

function keysIn(file: string): ReadonlySet<string> {
  const text = readFileSync(join(import.meta.dirname, '../../charts/bluegreen/files/cel', file), 'utf8');
  return new Set([...text.matchAll(/'(bluegreen\.dev\/[a-z-]+)'/g)].map(([, key = '']) => key));
}

t.test('every annotation of ours calls the webhook, and so does its change', async (t) => {
  const all = Object.values(ANNOTATION).toSorted();
  t.same([...keysIn('annotated.cel')].toSorted(), all);
  t.same([...keysIn('touched.cel')].toSorted(), all, 'those that are left out are named as such');
});
