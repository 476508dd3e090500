import t from 'tap';
import { answering, byKey, reachedBy } from '../../../../webhook/policy/traefik/nesting.ts';
import type { JsonObject } from '../../../../common/json.ts';
import { parseObjects } from '../../../yaml.ts';

const OBJECTS = parseObjects(`
metadata: {name: shop}
spec: {weighted: {services: [{name: blue, port: 80}]}}
---
metadata: {name: front}
spec: {weighted: {services: [{name: shop, kind: TraefikService}, {name: old, kind: TraefikService, weight: 0}]}}
---
metadata: {name: circle}
spec: {weighted: {services: [{name: circle, kind: TraefikService}, {name: front, kind: TraefikService}]}}
---
metadata: {name: copied}
spec: {mirroring: {name: front, kind: TraefikService, mirrors: [{name: mirror, kind: TraefikService}]}}
---
metadata: {name: safe}
spec: {failover: {service: {name: shop, kind: TraefikService}, fallback: {name: sorry, kind: TraefikService}}}
---
metadata: {name: x.y}
spec: {weighted: {services: [{name: shop, kind: TraefikService}]}}
`);
const all = byKey(OBJECTS, 'demo');

function reached(entry: JsonObject, reach: 'answering' | 'needed' = 'answering'): readonly string[] {
  return [...reachedBy([{ kind: 'TraefikService', ...entry }], { namespace: 'demo', all, reach })].sort();
}

t.test('TraefikServices lead to others, whatever the depth, and around in circles', async (t) => {
  t.same(reached({ name: 'shop' }), ['demo-shop']);
  t.same(reached({ name: 'front' }), ['demo-front', 'demo-shop']);
  t.same(reached({ name: 'circle' }), ['demo-circle', 'demo-front', 'demo-shop']);
});

t.test('an entry with weight 0 gets no request, and is needed', async (t) => {
  t.same(reached({ name: 'front' }, 'needed'), ['demo-front', 'demo-old', 'demo-shop']);
});

t.test('a mirror answers nobody, and is needed; both sides of a failover answer', async (t) => {
  t.same(reached({ name: 'copied' }), ['demo-copied', 'demo-front', 'demo-shop']);
  t.match(reached({ name: 'copied' }, 'needed'), ['demo-copied', 'demo-front', 'demo-mirror']);
  t.same(reached({ name: 'safe' }), ['demo-safe', 'demo-shop', 'demo-sorry']);
});

t.test("a reference is read by Traefik's names", async (t) => {
  t.same(reached({ name: 'shop@kubernetescrd' }), ['demo-shop']);
  t.same(reached({ name: 'shop', namespace: '' }), ['demo-shop']);
  t.same(reached({ name: 'x-y' }), ['demo-shop', 'demo-x-y'], 'two names that Traefik folds into one');
  t.same(reached({ name: 'shop@file' }), []);
  t.same(reached({ name: 'shop', kind: 'Service' }), []);
});

t.test('of several backends of a rule those with a weight get requests; a single one always does', async (t) => {
  const [first, second] = [{ name: 'shop', weight: 0 }, { name: 'old' }];
  t.same(answering([first]), [first]);
  t.same(answering([first, second]), [second]);
});
