import type { DefaultedChange } from '../defaults.ts';
import { at, get, list } from '../../../common/json.ts';
import { effectiveWeight } from '../state.ts';
import type { Permissions } from '../permissions.ts';
import type { Change, CheckId, Facts, Finding, Need, Neighbors, Pair, Settings } from '../types.ts';
import type { JsonObject } from '../../../common/json.ts';

/** What a check looks at: the completed change and what the cluster says. */
export interface Subject extends DefaultedChange {
  readonly change: Change;
  readonly pair: Pair;
  readonly facts: Facts;
  readonly neighbors: Neighbors;
  readonly settings: Settings;
  readonly permissions: Permissions;
  /** Whether it is a creation that no route leads to yet, as far as the cluster tells: nothing answers less by it. */
  readonly unrouted: boolean;
  /** RFC 3339, the time of the review; empty where there is no clock. */
  readonly at: string;
}

/** The reason of a finding that says nothing of the request: the facts could not be read now. */
export const LOOKUP_FAILED = 'facts could not be read';

/** Characters of one finding in a message that a terminal shows. */
export const FINDING_LIMIT = 300;

/** A finding, as the check itself puts it. */
export type CheckResult = Pick<Finding, 'severity' | 'reason' | 'detail'> & {
  /** Where it rests on less than its rule does. */
  readonly needs?: Need;
};

/** What checks and guards have in common. */
export interface Rule {
  readonly id: CheckId;
  /** What it requires, in one line, for the reference page. */
  readonly description: string;
  /** Whether the ValidatingAdmissionPolicy of the chart decides the same inside the API server. */
  readonly cel: 'yes' | 'presence only' | 'partly' | 'no';
  /** What it decides by beside the object of the request. */
  readonly needs: Need;
}

/** A result that denies. */
export function denial(reason: string, detail: string): CheckResult {
  return { severity: 'denied', reason, detail };
}

/** A result that never denies. */
export function warning(reason: string, detail: string): CheckResult {
  return { severity: 'warning', reason, detail };
}

/** The finding that a result of a rule is. */
export function findingOf(rule: Rule, { severity, reason, detail, needs = rule.needs }: CheckResult): Finding {
  return { check: rule.id, severity, reason, detail, needs };
}

/**
 * One named rule. `touched` is its ratchet: a finding that the request does not touch was there before it, and is a
 * warning, so that metadata edits, finalizers and repairs always go through.
 */
export interface Check extends Rule {
  touched(subject: Subject): boolean;
  find(subject: Subject): readonly CheckResult[];
}

/** More children than this are counted, not named. */
const NAMED_CHILDREN = 8;

/** The children with their weights for a message: `blue 60 + green 30`, with what was filled in marked as such. */
export function listing({ newState, pair, filled, object }: Subject): string {
  if (newState.children.length > NAMED_CHILDREN) return `${newState.children.length} children`;
  const names = newState.children.map((child) => {
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
