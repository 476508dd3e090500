import * as fc from 'fast-check';
import type { JsonObject } from '../../webhook/policy/types.ts';
import type { Shape } from './cases.ts';

const NAMES = ['blue', 'green', 'shop-blue', 'shop-green', 'blue-green', 'green-green', 'v1', 'v2'];
const weight = fc.option(fc.constantFrom(0, 1, 40, 60, 99, 100), { nil: undefined, freq: 8 });
const entry = (name: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> =>
  fc
    .record(
      {
        name,
        weight,
        kind: fc.constantFrom('Service', 'TraefikService'),
        namespace: fc.constantFrom('enforced', 'other'),
        port: fc.constant(80),
      },
      { requiredKeys: ['name', 'weight', 'port'] },
    )
    .map(({ kind, namespace, weight, ...rest }): JsonObject => ({
      ...rest,
      ...(weight === undefined ? {} : { weight }),
      ...(kind === 'TraefikService' ? { kind } : {}),
      ...(namespace === 'other' ? { namespace } : {}),
    }));

const plain = fc
  .tuple(
    fc.constantFrom(['blue', 'green'], ['shop-blue', 'shop-green'], ['v1', 'v2'], ['green', 'blue']),
    weight,
    weight,
  )
  .map(([names, ...weights]): JsonObject[] =>
    names.map((name, index) => ({
      name,
      port: 80,
      ...(weights[index] === undefined ? {} : { weight: weights[index] }),
    })),
  );
const legal = fc
  .tuple(fc.constantFrom(['blue', 'green'], ['shop-blue', 'shop-green'], ['v1', 'v2']), fc.constantFrom(0, 100))
  .map(([names, up]): JsonObject[] =>
    names.map((name, index) => ({ name, port: 80, weight: index === 0 ? up : 100 - up })),
  );
const wild = fc.array(entry(fc.constantFrom(...NAMES)), { maxLength: 4 });

const annotations = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.dictionary(
      fc.constantFrom('blue', 'green', 'active', 'smoke-test', 'frozen', 'note'),
      fc.constantFrom('blue', 'green', 'v1', 'v2', 'passed', 'passed:6.1.5', 'passed:6.1.6', ''),
      { maxKeys: 4 },
    ),
  },
  { weight: 1, arbitrary: fc.constant({ blue: 'v1', green: 'v2' }) },
);

const services = fc.oneof(
  { weight: 4, arbitrary: legal },
  { weight: 2, arbitrary: plain },
  { weight: 2, arbitrary: wild },
);
const mirrored = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom('blue', 'v2') },
);
const shape: fc.Arbitrary<Shape> = fc.tuple(services, mirrored, annotations).map(([services, name, short]) => ({
  spec: { weighted: { services }, ...(name === null ? {} : { mirroring: { name, port: 80 } }) },
  annotations: Object.fromEntries(Object.entries(short).map(([key, value]) => [`bluegreen.dev/${key}`, value])),
}));

/** A write: any shape, after any other or none. */
export const pairs: fc.Arbitrary<{ readonly before?: Shape; readonly after: Shape }> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ before: shape, after: shape }) },
  { weight: 1, arbitrary: fc.record({ after: shape }) },
);
