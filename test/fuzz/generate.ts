// Writes of every kind, by seed: what a person, a tool or a mistake may send to a release.
import * as fc from 'fast-check';
import { isObject } from '../../common/json.ts';
import { withValueAt } from './paths.ts';
import type { Release, ReleaseObject } from './releases.ts';
import { objectOf, startOf } from './releases.ts';
import { readValues } from './values.ts';
import type { Values } from './values.ts';
import { canScale, waysToChange } from './writes.ts';
import type { Write } from './writes.ts';

/** Writes that follow one another; mostly it is one. */
export type Sequence = readonly Write[];

/** Of 20: how often an object is changed, created, deleted or scaled. */
const OFTEN = { change: 15, create: 3, delete: 1, scale: 1 } as const;
const REPLICAS = [0, 0, 1, 2, 3] as const;

/** So many sequences, the same ones for the same seed. */
export function generate(release: Release, seed: number, count: number): readonly Sequence[] {
  return fc.sample(sequenceFor(release), { seed, numRuns: count });
}

function sequenceFor(release: Release): fc.Arbitrary<Sequence> {
  const values = readValues(release);
  const write = writeFor(release, values);
  // Without a bias every value of a pool is as likely as the others.
  return fc.noBias(
    fc.oneof({ weight: 8, arbitrary: fc.tuple(write) }, { weight: 2, arbitrary: fc.tuple(write, write) }),
  );
}

function writeFor(release: Release, values: Values): fc.Arbitrary<Write> {
  const kinds = values.kinds.flatMap((kind) => {
    const objects = release.objects.filter((object) => object.kind === kind);
    const created = values.newObjects(kind);
    const choices = [
      ...objects.map((object) => ({ weight: OFTEN.change, arbitrary: changeOf(object, values) })),
      ...(created.length === 0
        ? []
        : [{ weight: OFTEN.create * Math.max(1, objects.length), arbitrary: creation(release, created, values) }]),
      ...objects.map(({ name }) => ({ weight: OFTEN.delete, arbitrary: fc.constant(deletion(kind, name)) })),
      ...(kind === 'ReplicaSet' ? replicaSets(release) : []),
      ...objects
        .filter(() => canScale(kind))
        .map((object) => ({
          weight: OFTEN.scale,
          arbitrary: fc.constantFrom(...REPLICAS).map((to) => scaled(object, to)),
        })),
    ];
    return choices.length === 0 ? [] : [{ weight: values.often(kind), arbitrary: fc.oneof(...choices) }];
  });
  return fc.oneof(...kinds);
}

/** Deployments make them; somebody deletes or scales one. */
function replicaSets(release: Release): readonly fc.WeightedArbitrary<Write>[] {
  const owners = release.objects.filter((object) => object.kind === 'Deployment');
  return owners.flatMap(({ name }) => [
    { weight: 1, arbitrary: fc.constant(deletion('ReplicaSet', name)) },
    {
      weight: 1,
      arbitrary: fc.constant(
        scaled({ kind: 'ReplicaSet', name, manifest: startOf(release, { kind: 'ReplicaSet', name }) }, 0),
      ),
    },
  ]);
}

function deletion(kind: Write['kind'], name: string): Write {
  return { way: 'delete', kind, name, wanted: null };
}

function scaled({ kind, name, manifest }: ReleaseObject, replicas: number): Write {
  const wanted = withValueAt(manifest, ['spec', 'replicas'], replicas);
  return { way: 'scale', kind, name, wanted: isObject(wanted) ? wanted : null };
}

function changeOf(object: ReleaseObject, values: Values): fc.Arbitrary<Write> {
  const { kind, name } = object;
  return fc
    .tuple(edited(object, values, 1), fc.constantFrom(...waysToChange(kind)))
    .map(([wanted, way]): Write => ({ way, kind, name, wanted }));
}

/** Objects that are not of the release; one with the name of an object of it takes that one's place. */
function creation(release: Release, created: readonly ReleaseObject[], values: Values): fc.Arbitrary<Write> {
  return fc.constantFrom(...created).chain((object) =>
    edited(object, values, 0).map((wanted): Write => {
      const { kind, name } = object;
      return { way: objectOf(release, kind, name) === undefined ? 'create' : 'replace', kind, name, wanted };
    }),
  );
}

/** The manifest with some fields set otherwise. */
function edited(object: ReleaseObject, values: Values, least: number): fc.Arbitrary<Write['wanted']> {
  const fields = values.fieldsOf(object);
  const edit = fc
    .constantFrom(...fields)
    .chain(({ path, values: written }) => fc.constantFrom(...written).map((value) => ({ path, value })));
  return fc
    .oneof(
      { weight: 6, arbitrary: fc.array(edit, { minLength: least, maxLength: 1 }) },
      { weight: 3, arbitrary: fc.array(edit, { minLength: 2, maxLength: 3 }) },
    )
    .map((edits) => {
      const wanted = edits.reduce<ReturnType<typeof withValueAt>>(
        (manifest, { path, value }) => withValueAt(manifest, path, value),
        object.manifest,
      );
      return isObject(wanted) ? wanted : object.manifest;
    });
}
