import type { Completion } from '../complete.ts';
import { at, get, list } from '../../../common/json.ts';
import { effectiveWeight } from '../state.ts';
import type { Permissions } from '../permissions.ts';
import type { Change, CheckId, Facts, Neighbors, Pair, Settings } from '../types.ts';
import type { JsonObject } from '../../../common/json.ts';

/** What a check looks at: the completed change and what the cluster says. */
export interface Subject extends Completion {
  readonly change: Change;
  readonly pair: Pair;
  readonly facts: Facts;
  readonly neighbors: Neighbors;
  readonly settings: Settings;
  readonly permissions: Permissions;
}

/** The reason of a finding that says nothing of the request: what it rests on could not be read now. */
export const UNREAD = 'facts could not be read';

export interface CheckResult {
  readonly severity: 'denied' | 'warning';
  /** Terse, without names. */
  readonly reason: string;
  /** What, where, and how to fix it, without the check's id. */
  readonly detail: string;
}

/**
 * One named rule. `touched` is its ratchet: a finding that the request does not touch was there before it, and is a
 * warning, so that metadata edits, finalizers and repairs always go through.
 */
export interface Check {
  readonly id: CheckId;
  /** The rule in one line, for the reference page. */
  readonly rule: string;
  /** Whether the ValidatingAdmissionPolicy of the chart decides the same inside the API server. */
  readonly cel: 'yes' | 'presence only' | 'no';
  touched(subject: Subject): boolean;
  find(subject: Subject): readonly CheckResult[];
}

/** More children than this are counted, not named. */
const NAMED_CHILDREN = 8;

/** The children with their weights for a message: `blue 60 + green 30`, with what was filled in marked as such. */
export function listing({ now, pair, filled, object }: Subject): string {
  if (now.children.length > NAMED_CHILDREN) return `${now.children.length} children`;
  const names = now.children.map((child) => {
    const mark = filled.some((color) => pair[color] === child.name) ? ' (filled in)' : '';
    const weight = child.weight === 'invalid' ? written(object, child.index) : effectiveWeight(child);
    const missing = child.weight === 'missing' ? ' (missing, which Traefik counts as 1)' : '';
    return `${child.name || '(no name)'} ${weight}${mark}${missing}`;
  });
  return names.join(' + ');
}

/** A weight that is no integer, as the user wrote it. */
function written(object: JsonObject, index: number): string {
  const weight = get(list(at(object, 'spec', 'weighted', 'services'))[index], 'weight');
  return (typeof weight === 'object' ? 'no number' : JSON.stringify(weight)).slice(0, 30);
}
