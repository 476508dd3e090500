// What was found: equal ones are one finding, with the smallest write that shows it.
import type { JsonObject } from '../../common/json.ts';
import type { Release } from './releases.ts';
import type { Sequence } from './generate.ts';
import { changesOf, describeSequence } from './describe.ts';
import { toSet } from './set.ts';

export interface Finding {
  readonly kind: 'broken' | 'false alarm';
  readonly release: string;
  /** What production did, or the rules that denied what harms nobody. */
  readonly what: string;
  /** The smallest write that shows it, in words. */
  readonly smallest: string;
  readonly sequence: Sequence;
  /** The same as known.yaml has it. */
  readonly writes: readonly JsonObject[];
  /** How many writes came to it. */
  count: number;
}

export interface Findings {
  readonly all: readonly Finding[];
  /** Counts a sequence for the finding that it comes to; false if it comes to none yet. */
  count(kind: Finding['kind'], what: string, release: Release, sequence: Sequence): boolean;
  /** Adds a finding, or counts it for an equal one; the finding. */
  add(kind: Finding['kind'], what: string, release: Release, smallest: Sequence): Finding;
}

export function makeFindings(): Findings {
  const all: (Finding & { readonly changes: ReadonlySet<string> })[] = [];
  return {
    all,
    count: (kind, what, release, sequence) => {
      const changes = changesOf(release, sequence);
      const alike = all.filter((each) => each.kind === kind && each.what === what && each.release === release.name);
      const found =
        kind === 'broken'
          ? alike.find((each) => isWithin(each.changes, changes))
          : alike.find((each) => objectsOf(each.sequence) === objectsOf(sequence));
      if (found === undefined) return false;
      found.count += 1;
      return true;
    },
    add: (kind, what, release, sequence) => {
      const changes = changesOf(release, sequence);
      const same = all.find((each) => each.kind === kind && each.what === what && sameSet(each.changes, changes));
      if (same !== undefined) {
        same.count += 1;
        return same;
      }
      const made = {
        kind,
        release: release.name,
        what,
        smallest: describeSequence(release, sequence),
        sequence,
        writes: sequence.map((write) => toSet(release, write)),
        changes,
        count: 1,
      };
      all.push(made);
      return made;
    },
  };
}

/** A rule denies many values of one object alike: one example is enough. */
function objectsOf(sequence: Sequence): string {
  return sequence.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && isWithin(a, b);
}

function isWithin(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((each) => whole.has(each));
}
