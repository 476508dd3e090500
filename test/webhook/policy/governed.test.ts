import t from 'tap';
import { ANNOTATION, governed, pairOfName } from '../../../webhook/policy/index.ts';
import { PAIR, traefikService, withServices } from './build.ts';

function spec(value: Parameters<typeof withServices>[0]) {
  return { metadata: {}, spec: value };
}
function create(object: ReturnType<typeof traefikService>) {
  return governed({ object, oldObject: null });
}
function named(blue: string, green: string) {
  return { [ANNOTATION.blue]: blue, [ANNOTATION.green]: green };
}

t.test('names tell the pair by a prefix or suffix set off by a dash', async (t) => {
  const cases: Readonly<Record<string, readonly [string, string] | null>> = {
    blue: ['blue', 'green'],
    green: ['blue', 'green'],
    'blue-shop': ['blue-shop', 'green-shop'],
    'shop-green': ['shop-blue', 'shop-green'],
    'a-b-green': ['a-b-blue', 'a-b-green'],
    'blue-shop-green': ['blue-shop-green', 'green-shop-green'],
    'green-': ['blue-', 'green-'],
    bluefin: null,
    greenhouse: null,
    GREEN: null,
    shopblue: null,
    'shop-blue-2': null,
    evergreen: null,
    '': null,
  };
  for (const [name, pair] of Object.entries(cases))
    t.same(pairOfName(name), pair === null ? null : { blue: pair[0], green: pair[1] }, name);
});

t.test('a name with a line break in it does not hide its color', async (t) => {
  t.same(pairOfName('a\nb-green'), { blue: 'a\nb-blue', green: 'a\nb-green' });
});

t.test('a pair in the list is governed, in any order and beside others', async (t) => {
  t.same(create(traefikService({ 'shop-green': 0, other: 1, 'shop-blue': 100 })), { kind: 'pair', pair: PAIR });
});

t.test('a pair is found wherever a Service can stand', async (t) => {
  const [blue, green] = [{ name: 'shop-blue' }, { name: 'shop-green' }];
  const kinds = [
    { mirroring: { ...blue, mirrors: [green] } },
    { mirroring: { name: 'x', mirrors: [blue, green] } },
    { highestRandomWeight: { services: [blue, green] } },
    { failover: { service: blue, fallback: green } },
    { weighted: { services: [blue] }, mirroring: green },
  ];
  for (const kind of kinds) t.same(create(spec(kind)), { kind: 'pair', pair: PAIR }, Object.keys(kind).join());
});

t.test('a pair is found by every name that Traefik has for its Services', async (t) => {
  const entries = [
    [{ name: 'shop-blue@kubernetescrd' }, { name: 'shop-green@kubernetescrd' }],
    [{ name: 'shop-blue' }, { name: 'shop-green@kubernetescrd' }],
    [
      { name: 'shop-blue-80', kind: 'TraefikService' },
      { name: 'shop-green-http', kind: 'TraefikService' },
    ],
  ];
  for (const services of entries)
    for (const object of [withServices(services), spec({ highestRandomWeight: { services } })])
      t.same(create(object), { kind: 'pair', pair: PAIR }, JSON.stringify(services));
});

t.test('the key of a color alone asks for its sibling', async (t) => {
  const object = withServices([{ name: 'shop-green-80', kind: 'TraefikService' }]);
  t.same(create(object), { kind: 'sibling', candidates: [{ pair: PAIR, sibling: 'shop-blue' }] });
  t.same(create(withServices([{ name: 'shop-green-80' }])), { kind: 'no' }, 'a Service of that name is no color');
});

t.test('two names of different pairs are none', async (t) => {
  t.equal(create(traefikService({ 'shop-blue': 100, 'cart-green': 0 })).kind, 'sibling');
});

t.test('a color alone asks for its sibling, at most eight of them', async (t) => {
  t.same(create(traefikService({ 'shop-green': 100, x: 0 })), {
    kind: 'sibling',
    candidates: [{ pair: PAIR, sibling: 'shop-blue' }],
  });
  const many = create(withServices(Array.from({ length: 100 }, (_, index) => ({ name: `blue-${index}` }))));
  t.equal(many.kind === 'sibling' ? many.candidates.length : 0, 8);
});

t.test('other names are none of ours', async (t) => {
  for (const object of [traefikService({ shop: 100, cart: 0 }), spec(null), spec('text'), withServices({}), {}])
    t.same(create(object), { kind: 'no' });
  t.same(governed({ object: null, oldObject: null }), { kind: 'no' });
});

t.test('annotations name a pair, both of them and different, when one is used', async (t) => {
  const list = { a: 100, b: 0 };
  t.same(create(traefikService(list, named('a', 'b'))), { kind: 'pair', pair: { blue: 'a', green: 'b' } });
  t.same(create(traefikService(list, named('a', 'z'))), { kind: 'pair', pair: { blue: 'a', green: 'z' } });
  t.same(create(traefikService(list, named('y', 'z'))), { kind: 'no' });
  t.same(create(traefikService(list, named('a', 'a'))), { kind: 'no' });
  t.same(create(traefikService(list, named('a', ''))), { kind: 'no' });
  t.same(create(traefikService(list, { [ANNOTATION.blue]: 'a' })), { kind: 'no' });
});

t.test('what was governed stays governed: renamed, unlabelled, moved to another kind', async (t) => {
  const still = { kind: 'pair', pair: PAIR };
  const oldObject = traefikService({ 'shop-blue': 100, 'shop-green': 0 });
  t.same(governed({ object: traefikService({ x: 100, y: 0 }), oldObject }), still);
  t.same(governed({ object: traefikService({ blue: 100, green: 0 }), oldObject }), still);
  t.same(governed({ object: spec({}), oldObject }), still);
  t.same(governed({ object: null, oldObject }), still);
  const byAnnotation = traefikService({ a: 100, b: 0 }, named('a', 'b'));
  const dropped = governed({ object: traefikService({ a: 0, b: 100 }), oldObject: byAnnotation });
  t.same(dropped, { kind: 'pair', pair: { blue: 'a', green: 'b' } });
});

t.test('a detached color that has a record is governed without a look-up', async (t) => {
  const oldObject = traefikService({ 'shop-green': 100 }, { [ANNOTATION.active]: 'green' });
  t.same(governed({ object: traefikService({ x: 100 }), oldObject }), { kind: 'pair', pair: PAIR });
});

t.test('the old pair wins over the annotations and names that a change brings', async (t) => {
  const oldObject = traefikService({ 'shop-blue': 100, 'shop-green': 0 });
  const object = traefikService({ 'shop-green': 100, other: 0 }, named('other', 'shop-green'));
  t.same(governed({ object, oldObject }), { kind: 'pair', pair: PAIR });
});
