import * as fc from 'fast-check';
import { GROUPS } from '../../webhook/policy/types.ts';
import type { Group } from '../../webhook/policy/types.ts';
import type { JsonObject } from '../../common/json.ts';

/** What somebody does to an IngressRoute, or to nothing. */
export interface RouteFamily {
  readonly group: Group;
  /** Null for creations. */
  readonly before: JsonObject | null;
  readonly afters: readonly RouteWrite[];
}

export interface RouteWrite {
  readonly spec: JsonObject;
  readonly annotations: Readonly<Record<string, string>>;
  /** `developer` may not override. */
  readonly user: 'admin' | 'developer';
}

const NAMES = ['blue', 'green', 'shop-blue', 'shop-green', 'blue-shop', 'green-shop', 'blue-green', 'green-green', 'a'];
function anyOf<Value>(values: readonly Value[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...values);
}

const service: fc.Arbitrary<JsonObject> = fc
  .tuple(anyOf(NAMES), anyOf([{}, {}, {}, { kind: 'Service' }, { kind: 'TraefikService' }, { namespace: 'other' }]))
  .map(([name, rest]) => ({ name, port: 80, ...rest }));
const KEYS = ['blue-80', 'green-80', 'shop-blue-80', 'shop-green-http-web', 'blue-shop-80', 'green-shop-80', 'cart-80'];
const nested = anyOf(KEYS).map((name): JsonObject => ({ name, kind: 'TraefikService' }));
const pair: fc.Arbitrary<JsonObject[]> = fc
  .tuple(anyOf([0, 2, 4, 6]), fc.nat(100), service)
  .map(([first, share, third]) => [
    { name: `${NAMES[first] ?? ''}${share % 5 === 0 ? '@kubernetescrd' : ''}`, port: 80, weight: share },
    { name: NAMES[first + 1] ?? '', port: 80, weight: 100 - share },
    ...(share % 3 === 0 ? [third] : []),
  ]);
const route: fc.Arbitrary<JsonObject> = fc
  .tuple(
    anyOf(['/a', '/b', '/c']),
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: service }, { weight: 1, arbitrary: nested }), {
          maxLength: 4,
        }),
      },
      { weight: 2, arbitrary: pair },
    ),
  )
  .map(([path, services]) => ({ match: `PathPrefix(\`${path}\`)`, kind: 'Rule', services }));
function spec(routes: readonly JsonObject[]): JsonObject {
  return { entryPoints: ['web'], routes };
}
const routes = fc.array(route, { minLength: 1, maxLength: 3 });

const annotations = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ 'bluegreen.dev/override': 'a\ncanary' }) },
  { weight: 1, arbitrary: fc.constant({ 'bluegreen.dev/override': '' }) },
);
function write(body: fc.Arbitrary<JsonObject>): fc.Arbitrary<RouteWrite> {
  return fc
    .tuple(body, annotations, anyOf(['admin', 'developer'] as const))
    .map(([each, notes, user]) => ({ spec: each, annotations: notes, user }));
}

const SIZE = 5;
function several<Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> {
  return fc.array(values, { minLength: SIZE, maxLength: SIZE });
}

/** Routes that stay, go, come, change their order or one field. */
function derived(before: readonly JsonObject[]): fc.Arbitrary<JsonObject> {
  return fc.oneof(
    fc.constant({ ...spec(before), entryPoints: ['web', 'websecure'] }),
    fc.constant(spec(before.toReversed())),
    fc.constant(spec(before.slice(1))),
    route.map((added) => spec([...before, added])),
    fc.constant(spec(before.map((each) => ({ ...each, priority: 7 })))),
  );
}

export const routeFamilies: fc.Arbitrary<RouteFamily> = fc
  .tuple(anyOf(GROUPS), routes, fc.nat(4))
  .chain(([group, before, odds]) =>
    odds === 0
      ? several(write(routes.map(spec))).map((afters): RouteFamily => ({ group, before: null, afters }))
      : several(write(fc.oneof(derived(before), routes.map(spec)))).map((afters): RouteFamily => ({
          group,
          before: spec(before),
          afters,
        })),
  );
