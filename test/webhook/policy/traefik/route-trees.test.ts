import t from 'tap';
import type { JsonObject } from '../../../../common/json.ts';
import { nameOf } from '../../../../common/objects.ts';
import { answeringRoutes } from '../../../../webhook/policy/index.ts';

const BACKEND = { services: [{ name: 'shop', kind: 'TraefikService' }] };

function route(
  name: string,
  parents: readonly string[],
  rule: JsonObject = BACKEND,
  spec: JsonObject = {},
): JsonObject {
  return {
    metadata: { name },
    spec: {
      parentRefs: parents.map((parent) => ({ name: parent })),
      routes: [{ match: 'Path(`/`)', ...rule }],
      ...spec,
    },
  };
}
function answering(...routes: readonly JsonObject[]): readonly string[] {
  return answeringRoutes(routes, 'demo').map(nameOf);
}

t.test('routes without parents answer', async (t) => {
  t.same(answering(route('a', []), route('b', [])), ['a', 'b']);
});

t.test('a child answers under a parent that leaves requests to it, at any depth', async (t) => {
  t.same(answering(route('parent', [], {}), route('child', ['parent'])), ['child']);
  t.same(answering(route('top', [], {}), route('middle', ['top'], {}), route('child', ['middle'])), ['child']);
  t.same(answering(route('child', ['open', 'busy']), route('open', [], {}), route('busy', [])), ['child']);
});

t.test('a parent with a backend answers nothing, nor does its child', async (t) => {
  t.same(answering(route('parent', []), route('child', ['parent'])), []);
});

t.test('a child that Traefik does not read takes nothing from its other parent', async (t) => {
  t.same(answering(route('parent', []), route('child', ['parent', 'gone'])), ['parent']);
});

t.test('under nothing, under itself and in a circle nothing answers', async (t) => {
  t.same(answering(route('child', ['gone'])), []);
  t.same(answering(route('child', ['child'])), []);
  t.same(answering(route('one', ['two'], {}), route('two', ['one'], {}), route('child', ['one'])), []);
});

t.test('a child has neither TLS, nor entry points, nor settings of observability', async (t) => {
  for (const spec of [{ tls: {} }, { entryPoints: ['web'] }])
    t.same(answering(route('parent', [], {}), route('child', ['parent'], BACKEND, spec)), []);
  t.same(answering(route('parent', [], {}), route('child', ['parent'], { ...BACKEND, observability: {} })), []);
});

t.test('a parent of another namespace counts as there', async (t) => {
  const child = route('child', [], BACKEND, { parentRefs: [{ name: 'parent', namespace: 'other' }] });
  t.same(answering(child), ['child']);
});
