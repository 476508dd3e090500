import * as fc from 'fast-check';
import { at, isObject, list } from '../../common/json.ts';
import { GROUPS } from '../../webhook/policy/types.ts';
import type { Group } from '../../webhook/policy/types.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Shape } from './cases.ts';

/** What somebody does to a TraefikService, or to nothing. */
export interface Family {
  readonly group: Group;
  /** Null for creations. */
  readonly before: Shape | null;
  readonly afters: readonly Shape[];
}

type Edit = (shape: Shape) => Shape;

const PAIRS = [
  ['blue', 'green'],
  ['shop-blue', 'shop-green'],
  ['blue-shop', 'green-shop'],
  ['blue-green', 'green-green'],
  ['v1', 'v2'],
] as const;
const NAMES = [
  ...PAIRS.flat(),
  'other',
  'bluefin',
  'BLUE',
  'green-2',
  'a',
  'blue@kubernetescrd',
  'green@kubernetescrd',
];
/** TraefikServices, by names that can be keys of Services' ports. */
const KEYS_OF_PORTS = ['green-80', 'blue-80', 'shop-green-80', 'shop-blue-http-web', 'v2-80', 'canary', 'green'];
const WEIGHTS = [0, 1, 40, 60, 99, 100, 100, 0, 5, 900, 2_147_483_648];
const KEYS = ['blue', 'green', 'active', 'previous', 'smoke-test', 'smoke-test-record', 'frozen', 'note'];
const VALUES = ['blue', 'green', 'v1', 'v2', 'none', 'passed', 'passed:6.1.5', 'passed:6.1.6', '{', ''];

function anyOf<Value>(values: readonly Value[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...values);
}
function weightAt(weight: number | null): JsonObject {
  return weight === null ? {} : { weight };
}
const weight = fc.option(anyOf(WEIGHTS), { nil: null, freq: 8 });
const entry: fc.Arbitrary<JsonObject> = fc
  .tuple(anyOf(NAMES), weight, anyOf([{}, {}, {}, { kind: 'Service' }, { kind: 'TraefikService' }]))
  .map(([name, given, kind]) => ({ name, port: 80, ...kind, ...weightAt(given) }));

function of([blue, green]: readonly [string, string], b: number | null, g: number | null): JsonObject[] {
  return [
    { name: blue, port: 80, ...weightAt(b) },
    { name: green, port: 80, ...weightAt(g) },
  ];
}
const legal = fc.tuple(anyOf(PAIRS), anyOf([0, 100])).map(([pair, up]) => of(pair, up, 100 - up));
const weighted = fc.tuple(anyOf(PAIRS), weight, weight).map(([pair, b, g]) => of(pair, b, g));
const detached = fc
  .tuple(anyOf(PAIRS), anyOf([0, 1]), weight)
  .map(([pair, color, given]): JsonObject[] => [{ name: pair[color] ?? '', port: 80, ...weightAt(given ?? 100) }]);
const nested: fc.Arbitrary<JsonObject> = fc
  .tuple(anyOf(KEYS_OF_PORTS), weight)
  .map(([name, given]) => ({ name, kind: 'TraefikService', ...weightAt(given) }));
const wild = fc.array(fc.oneof({ weight: 3, arbitrary: entry }, { weight: 1, arbitrary: nested }), { maxLength: 5 });
const provided = fc
  .tuple(anyOf(PAIRS), weight, weight)
  .map(([[blue, green], b, g]) => of([`${blue}@kubernetescrd`, `${green}@kubernetescrd`], b, g));
const children = fc.oneof(
  { weight: 5, arbitrary: legal },
  { weight: 2, arbitrary: weighted },
  { weight: 2, arbitrary: detached },
  { weight: 2, arbitrary: wild },
  { weight: 1, arbitrary: provided },
);

const annotations = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.dictionary(anyOf(KEYS), anyOf(VALUES), { maxKeys: 4 }) },
  { weight: 2, arbitrary: fc.constant({ blue: 'v1', green: 'v2' }) },
  { weight: 1, arbitrary: fc.constant({ blue: 'green', green: 'v2' }) },
  { weight: 4, arbitrary: fc.constant({ active: 'green', previous: 'blue' }) },
  { weight: 1, arbitrary: fc.constant({ frozen: 'Christmas', 'smoke-test': 'passed:6.1.6' }) },
);
function mirror(name: string, mirrored: string): JsonObject {
  return {
    mirroring: { name, port: 80, mirrors: [{ name: mirrored, port: 80, percent: 10 }] },
  };
}
function kinds(group: Group): fc.Arbitrary<JsonObject> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.tuple(anyOf(NAMES), anyOf(NAMES)).map((names) => mirror(...names)) },
    // The old group's schema has no other kind: the API server would drop it.
    ...(group === 'traefik.io'
      ? [{ weight: 1, arbitrary: wild.map((services) => ({ highestRandomWeight: { services } })) }]
      : []),
  );
}

function inFull(short: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(short).map(([key, value]) => [`bluegreen.dev/${key}`, value]));
}
function shapes(group: Group): fc.Arbitrary<Shape> {
  return fc
    .tuple(children, kinds(group), annotations, anyOf([true, true, true, false]))
    .map(([services, others, short, bare]) => ({
      spec: { ...(bare && Object.keys(others).length > 0 ? {} : { weighted: { services } }), ...others },
      annotations: inFull(short),
    }));
}

function release(color: string): JsonObject {
  return {
    color,
    revision: color === 'blue' ? 'r-615' : 'r-616',
    images: [`registry.example.com/app:${color === 'blue' ? '6.1.5' : '6.1.6'}`],
  };
}

/**
 * With a color to go back to comes the record of it. CEL reads the annotation only: what another client wrote into it while
 * nobody guarded the namespace is a rollback to CEL, and none to the webhook.
 */
function recorded(shape: Shape): Shape {
  const previous = shape.annotations?.['bluegreen.dev/previous'];
  if (previous !== 'blue' && previous !== 'green') return shape;
  const active = release(previous === 'blue' ? 'green' : 'blue');
  const record = JSON.stringify({ active, previous: release(previous), history: [] });
  return { ...shape, annotations: { ...shape.annotations, 'bluegreen.dev/record': record } };
}

function servicesOf({ spec = {} }: Shape): readonly JsonObject[] {
  return list(at(spec, 'weighted', 'services')).filter(isObject);
}
function withServices(shape: Shape, services: readonly JsonObject[]): Shape {
  return {
    ...shape,
    spec: { ...shape.spec, weighted: { services } },
  };
}
function onEach(change: (each: JsonObject, index: number) => JsonObject): Edit {
  return (shape) => withServices(shape, servicesOf(shape).map(change));
}
function onList(change: (services: readonly JsonObject[]) => readonly JsonObject[]): Edit {
  return (shape) => withServices(shape, change(servicesOf(shape)));
}
/** The other color has the weight. */
const turned = onEach((each) => ({ ...each, weight: each['weight'] === 100 ? 0 : 100 }));
function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([each]) => each !== key));
}

function note(key: string, value: string | null): Edit {
  return (shape) => {
    const { [`bluegreen.dev/${key}`]: _, ...rest } = shape.annotations ?? {};
    return { ...shape, annotations: value === null ? rest : { ...rest, ...inFull({ [key]: value }) } };
  };
}

/** The second color is active after a promotion. */
const promoted: fc.Arbitrary<Shape> = anyOf(PAIRS.slice(0, 4)).map((pair) => ({
  spec: { weighted: { services: of(pair, 0, 100) } },
  annotations: inFull({ active: 'green', previous: 'blue' }),
}));

/** Steps that people and programs take, small enough to meet the edges of a rule. */
function edits(group: Group): fc.Arbitrary<Edit> {
  return fc.oneof(
    fc.constant<Edit>((shape) => ({ ...shape, labels: { team: 'web' } })),
    fc.constant(onList((services) => services.toReversed())),
    { weight: 3, arbitrary: fc.constant(turned) },
    fc.tuple(weight, weight).map((given) => onEach((each, index) => ({ ...each, ...weightAt(given[index] ?? null) }))),
    fc.nat(1).map((index) => onEach((each, here) => (here === index ? without(each, 'weight') : each))),
    fc.nat(1).map((index) => onList((services) => services.filter((_, here) => here !== index))),
    fc.nat(1).map((index) => onList((services) => [...services, ...services.slice(index, index + 1)])),
    entry.map((added) => onList((services) => [...services, added])),
    fc
      .tuple(fc.nat(1), anyOf(NAMES))
      .map(([at, name]) => onEach((each, here) => (here === at ? { ...each, name } : each))),
    anyOf(['enforced', 'other']).map((namespace) =>
      onEach((each, here) => (here === 0 ? { ...each, namespace } : each)),
    ),
    anyOf(['Service', 'TraefikService']).map((kind) => onEach((each, here) => (here === 1 ? { ...each, kind } : each))),
    fc.tuple(anyOf(KEYS), fc.option(anyOf(VALUES), { nil: null })).map(([key, value]) => note(key, value)),
    anyOf(['blue', 'green']).map((key) => note(key, null)),
    fc.option(fc.constant('Christmas'), { nil: null }).map((reason) => note('frozen', reason)),
    kinds(group).map((others): Edit => (shape) => ({ ...shape, spec: { ...shape.spec, ...others } })),
    fc.constant<Edit>((shape) => ({ ...shape, spec: without(shape.spec ?? {}, 'mirroring') })),
    fc.constant<Edit>((shape) => ({ ...shape, spec: without(shape.spec ?? {}, 'weighted') })),
  );
}

const SIZE = 6;
function derived(group: Group, before: Shape): fc.Arbitrary<Shape> {
  return fc
    .array(edits(group), { minLength: 1, maxLength: 3 })
    .map((steps) => steps.reduce((shape, step) => step(shape), before));
}

/** Objects as they may stand there, each with several things done to it; every fifth family is of creations. */
export const families: fc.Arbitrary<Family> = anyOf(GROUPS).chain((group) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .oneof({ weight: 4, arbitrary: shapes(group) }, { weight: 1, arbitrary: promoted })
        .map(recorded)
        .chain((before) => {
          const after = fc.oneof(
            { weight: 6, arbitrary: derived(group, before) },
            { weight: 2, arbitrary: shapes(group) },
            { weight: 1, arbitrary: fc.constant(turned(before)) },
          );
          const afters = fc.array(after, { minLength: SIZE, maxLength: SIZE });
          return afters.map((each): Family => ({ group, before, afters: each }));
        }),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(shapes(group), { minLength: SIZE, maxLength: SIZE })
        .map((afters): Family => ({ group, before: null, afters })),
    },
  ),
);
