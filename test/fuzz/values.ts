// Reads values.yaml: what may be written, by kind and field.
import { join } from 'node:path';
import { at, isObject, list, number, text, texts } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { objectAt, objectsAt } from '../../common/json-paths.ts';
import { filledIn } from '../e2e/requests/manifest.ts';
import { readYaml } from '../yaml.ts';
import { parsePath, valueAt, withValueAt } from './paths.ts';
import type { Path } from './paths.ts';
import type { Release, ReleaseObject } from './releases.ts';
import { kindOf, RESOURCES } from './resources.ts';
import type { Kind } from './resources.ts';

/** One field, and what may be written there; undefined removes it. */
export interface Field {
  readonly path: Path;
  readonly values: readonly (Json | undefined)[];
}

export interface Values {
  /** How often a write is about the kind, in relation to the others. */
  often(kind: Kind): number;
  fieldsOf(object: ReleaseObject): readonly Field[];
  /** Objects that somebody may create beside those of the release. */
  newObjects(kind: Kind): readonly ReleaseObject[];
  readonly kinds: readonly Kind[];
}

/** The values with the names of a release filled in. */
export function readValues({ shop, blue, green }: Pick<Release, 'shop' | 'blue' | 'green'>): Values {
  const written = readYaml(join(import.meta.dirname, 'values.yaml'));
  const file = filledIn(isObject(written) ? written : {}, { shop, dotted: shop.replace('-', '.'), blue, green });
  const kinds = Object.keys(objectAt(file, 'kinds')).map(kindOf);

  function fieldsOf({ kind, manifest }: ReleaseObject): readonly Field[] {
    const own = objectAt(file, 'kinds', kind);
    const entries = texts(at(own, 'entries')).flatMap((place) => entryFields(objectAt(file, 'entry'), place));
    const pods = at(own, 'pods') === true ? fieldsAt(objectAt(file, 'pods')) : [];
    const all = [...fieldsAt(objectAt(own, 'fields')), ...entries, ...pods, ...fieldsAt(objectAt(file, 'metadata'))];
    return all.flatMap(({ path, values }) => placesOf(manifest, path).map((place) => ({ path: place, values })));
  }

  return {
    kinds,
    often: (kind) => number(at(file, 'kinds', kind, 'often')) ?? 0,
    fieldsOf,
    newObjects: (kind) =>
      objectsAt(file, 'kinds', kind, 'new').map((each) => {
        const name = text(each['name']) ?? '';
        const { apiVersion } = RESOURCES[kind];
        return { kind, name, manifest: { apiVersion, kind, metadata: { name }, spec: each['spec'] ?? {} } };
      }),
  };
}

function fieldsAt(fields: JsonObject, below = ''): readonly Field[] {
  return Object.entries(fields).map(([pointer, values]) => ({
    path: parsePath(below + pointer),
    values: list(values).map((value) => value ?? undefined),
  }));
}

/** Of an entry that is there each field, and that it goes; in the place of one that is not, whole ones. */
function entryFields(fields: JsonObject, place: string): readonly Field[] {
  if (place.endsWith('*')) return [...fieldsAt(fields, place), { path: parsePath(place), values: [undefined] }];
  const plain = { name: list(fields['/name'])[1] ?? '', port: 80 };
  const values = fieldsAt(fields).flatMap((field) =>
    field.values.map((value) => withValueAt(plain, field.path, value)),
  );
  return [{ path: parsePath(place), values }];
}

/** The places that a path with `*` or `name?` stands for, in what is there. */
function placesOf(manifest: JsonObject, path: Path): readonly Path[] {
  const open = path.findIndex((part) => part === '*' || part.endsWith('?'));
  if (open === -1) return [path];
  const [before, after] = [path.slice(0, open), path.slice(open + 1)];
  const found = valueAt(manifest, before);
  const key = path[open]?.slice(0, -1) ?? '';
  const keys = key === '' ? list(found).map((_, index) => String(index)) : at(found, key) === undefined ? [] : [key];
  return keys.flatMap((each) => placesOf(manifest, [...before, each, ...after]));
}
