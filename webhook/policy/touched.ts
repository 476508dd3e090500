import { isObject, sameJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { effectiveWeight } from './state.ts';
import type { Child, State } from './state.ts';

/** What a change touches: checks warn instead of denying where the change leaves alone what they are about. */

/** The children before and after a change; `was` is null at a creation, which touches everything. */
export interface Children {
  readonly oldState: State | null;
  readonly newState: State;
}

/** Whether names or weights of the children change. */
export function weightsTouched({ oldState, newState }: Children): boolean {
  return (
    oldState === null ||
    !alike(oldState, newState, (a, b) => a.name === b.name && effectiveWeight(a) === effectiveWeight(b))
  );
}

/** Whether names, kinds or namespaces of the children change. */
export function namesTouched({ oldState, newState }: Children): boolean {
  return (
    oldState === null ||
    !alike(oldState, newState, (a, b) => a.written === b.written && a.kind === b.kind && a.namespace === b.namespace)
  );
}

/** Whether two lists of children are as long as each other, and alike entry by entry. */
function alike(
  { children: before }: State,
  { children: after }: State,
  same: (a: Child, b: Child) => boolean,
): boolean {
  if (before.length !== after.length) return false;
  return before.every((child, index) => {
    const other = after[index];
    return other !== undefined && same(child, other);
  });
}

/** Whether names, kinds, namespaces or ports of the children change. */
export function backendsTouched(subject: Children): boolean {
  const { oldState, newState } = subject;
  return (
    namesTouched(subject) ||
    oldState === null ||
    !alike(oldState, newState, (a, b) => sameJson(a.port ?? null, b.port ?? null))
  );
}

/** Whether anything but the weights of the children changes: what Traefik builds of them. */
export function entriesTouched({ oldState, newState }: Children): boolean {
  return oldState === null || !alike(oldState, newState, (a, b) => sameEntry(a.entry, b.entry));
}

/** Whether two entries are the same apart from their weights. */
export function sameEntry(a: Json, b: Json): boolean {
  return sameJson(withoutWeight(a), withoutWeight(b));
}

function withoutWeight(entry: Json): Json {
  return isObject(entry) ? { ...entry, weight: null } : entry;
}
