import { sameJson } from '../../common/json.ts';
import { effectiveWeight, type Child, type State } from './state.ts';

/** What a change touches: checks warn instead of denying where the change leaves alone what they are about. */

/** The children before and after a change; `was` is null at a creation, which touches everything. */
export interface Children {
  readonly was: State | null;
  readonly now: State;
}

/** Whether names or weights of the children change. */
export function weightsTouched({ was, now }: Children): boolean {
  return was === null || !alike(was, now, (a, b) => a.name === b.name && effectiveWeight(a) === effectiveWeight(b));
}

/** Whether names, kinds or namespaces of the children change. */
export function namesTouched({ was, now }: Children): boolean {
  return (
    was === null || !alike(was, now, (a, b) => a.name === b.name && a.kind === b.kind && a.namespace === b.namespace)
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
  const { was, now } = subject;
  return namesTouched(subject) || was === null || !alike(was, now, (a, b) => sameJson(a.port ?? null, b.port ?? null));
}
