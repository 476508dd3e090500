// Smaller writes: a sequence without one of its writes, a manifest with one of its changes taken back.
import { isObject, list } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import type { Sequence } from './generate.ts';
import { differences, withValueAt } from './paths.ts';
import type { Path } from './paths.ts';
import { startOf } from './releases.ts';
import type { Release } from './releases.ts';
import type { Write } from './writes.ts';

/**
 * Every sequence that is one step smaller.
 * @param deep whether a part of what was written at one place counts as smaller, too
 */
export function smaller(release: Release, sequence: Sequence, deep = true): readonly Sequence[] {
  const fewer = sequence.length > 1 ? sequence.map((_, index) => sequence.toSpliced(index, 1)) : [];
  const simpler = sequence.flatMap((write, index) =>
    simplerWrites(release, write, deep).map((other) => sequence.with(index, other)),
  );
  return [...fewer, ...simpler];
}

function simplerWrites(release: Release, write: Write, deep: boolean): readonly Write[] {
  const { wanted } = write;
  if (wanted === null || write.way === 'scale') return [];
  const start = startOf(release, write);
  const changes = differences(start, wanted);
  const back = changes.length > 1 ? changes.map(({ path, before }) => withValueAt(wanted, path, before)) : [];
  if (!deep) return back.filter(isObject).map((manifest) => ({ ...write, wanted: manifest }));
  const inside = changes.flatMap(({ path, before, after }) =>
    parts(path, before, after).map((part) => withValueAt(wanted, part, undefined)),
  );
  return [...back, ...inside].filter(isObject).map((manifest) => ({ ...write, wanted: manifest }));
}

/** The fields and elements inside of something that was not there, each of which could be left out. */
function parts(path: Path, before: Json | undefined, after: Json | undefined): readonly Path[] {
  if (isObject(after) && !isObject(before)) {
    const keys = Object.keys(after);
    return [
      ...(keys.length > 1 ? keys.map((key) => [...path, key]) : []),
      ...keys.flatMap((key) => parts([...path, key], undefined, after[key])),
    ];
  }
  if (!Array.isArray(after)) return [];
  const items = list(after);
  const elements = items.length > 1 ? items.map((_, index) => [...path, String(index)]) : [];
  return [...elements, ...items.flatMap((item, index) => parts([...path, String(index)], undefined, item))];
}

export interface Search {
  readonly holds: (candidate: Sequence) => Promise<boolean>;
  /** How often `holds` may be asked. */
  readonly tries: number;
  readonly deep?: boolean;
}

/** The smallest sequence that `holds`, found by one step after the other. */
export async function smallest(release: Release, sequence: Sequence, search: Search): Promise<Sequence> {
  const { holds, deep = true } = search;
  let left = search.tries;
  let found = sequence;
  for (let again = true; again;) {
    again = false;
    for (const candidate of smaller(release, found, deep)) {
      if (left-- <= 0) return found;
      if (!(await holds(candidate))) continue;
      found = candidate;
      again = true;
      break;
    }
  }
  return found;
}
