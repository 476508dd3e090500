// Writes as a few lines of YAML: what is set, beside the manifest of the release.
import { at, isObject, list, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import type { Sequence } from './generate.ts';
import { differences, formatPath, parsePath, withValueAt } from './paths.ts';
import type { Release } from './releases.ts';
import { kindOf } from './resources.ts';
import { startOf } from './releases.ts';
import { WAYS } from './writes.ts';
import type { Write } from './writes.ts';

/** `{ way, kind, name, set }`: pointers and their values, null for what is removed. A deletion sets nothing. */
export function toSet(release: Release, write: Write): JsonObject {
  const { way, kind, name, wanted } = write;
  if (wanted === null) return { way, kind, name };
  const changes = differences(startOf(release, write), wanted);
  return {
    way,
    kind,
    name,
    set: Object.fromEntries(changes.map(({ path, after }) => [formatPath(path), after ?? null])),
  };
}

export function fromSet(release: Release, written: Json): Write {
  const kind = kindOf(at(written, 'kind'));
  const name = text(at(written, 'name')) ?? '';
  const way = WAYS.find((each) => each === at(written, 'way'));
  if (way === undefined) throw new Error(`there is no way ${JSON.stringify(at(written, 'way'))}`);
  if (way === 'delete') return { way, kind, name, wanted: null };
  const wanted = Object.entries(objectAt(written, 'set')).reduce<Json | undefined>(
    (manifest, [pointer, value]) => withValueAt(manifest, parsePath(pointer), value ?? undefined),
    startOf(release, { kind, name }),
  );
  return { way, kind, name, wanted: isObject(wanted) ? wanted : null };
}

export function sequenceOf(release: Release, written: Json | undefined): Sequence {
  return list(written).map((each) => fromSet(release, each));
}
