import { CHECKS } from './checks/index.ts';
import { findingOf } from './checks/check.ts';
import type { Subject } from './checks/check.ts';
import { newOverride } from './permissions.ts';
import { annotations } from './checks/annotations.ts';
import { ungoverned } from './ineffective.ts';
import type { Change, Verdict, Finding } from './types.ts';

/** A verdict, and what an override let through. */
export interface Evaluation extends Verdict {
  readonly overridden: readonly Finding[];
  /** The reason of the override that let it through; null where it let nothing through. */
  readonly override: string | null;
}

/** Of an evaluation in which there was none. */
export const NO_OVERRIDE = { overridden: [], override: null } as const;

/** What is said of a change that names no pair. */
export function evaluateUngoverned(change: Pick<Change, 'object' | 'oldObject'>): Verdict {
  const found = ungoverned(change).map((result) => findingOf(annotations, result));
  return {
    findings: found.filter(({ severity }) => severity === 'denied'),
    warnings: found.filter(({ severity }) => severity === 'warning'),
  };
}

/** Runs every check; what the request does not touch, or overrides with permission, becomes a warning. */
export function evaluate(subject: Subject): Evaluation {
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  for (const check of CHECKS) {
    const results = check.find(subject);
    if (results.length === 0) continue;
    const touched = check.touched(subject);
    for (const result of results) {
      const found = findingOf(check, result);
      if (found.severity === 'denied' && touched) findings.push(found);
      else warnings.push({ ...found, severity: 'warning' });
    }
  }
  const override = newOverride(subject.change);
  if (findings.length === 0 || override === null || subject.permissions.override !== 'granted')
    return { findings, warnings, ...NO_OVERRIDE };
  return { findings: [], warnings, overridden: findings, override };
}

/** Its warnings as a user reads them: first what an override let through. */
export function warningLines({ overridden, override, warnings }: Omit<Evaluation, 'findings'>): readonly string[] {
  return [...overridden.map((each) => `overridden (${override ?? ''}): ${explain(each)}`), ...warnings.map(explain)];
}

/** One finding as every message shows it: the check, then what, where and how to fix it. */
export function explain({ check, detail }: Finding): string {
  return `${check}: ${detail}`;
}
