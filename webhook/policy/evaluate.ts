import { CHECKS } from './checks/index.ts';
import type { Subject } from './checks/check.ts';
import { newOverride } from './permissions.ts';
import type { Verdict, Violation } from './types.ts';

/** A verdict, and what a break glass let through. */
export interface Evaluation extends Verdict {
  readonly overridden: readonly Violation[];
}

/** Runs every check; what the request does not touch, or overrides with permission, becomes a warning. */
export function evaluate(subject: Subject): Evaluation {
  const violations: Violation[] = [];
  const warnings: string[] = [];
  for (const check of CHECKS) {
    const findings = check.find(subject);
    if (findings.length === 0) continue;
    const touched = check.touched(subject);
    for (const { severity, reason, detail } of findings) {
      if (severity === 'denial' && touched) violations.push({ check: check.id, reason, detail });
      else warnings.push(`${check.id}: ${detail}`);
    }
  }
  const override = newOverride(subject.change);
  if (override === null || subject.permissions.override !== 'granted') return { violations, warnings, overridden: [] };
  const said = violations.map((violation) => `overridden (${override}): ${explain(violation)}`);
  return { violations: [], warnings: [...said, ...warnings], overridden: violations };
}

/** One violation as every message shows it: the check, then what, where and how to fix it. */
export function explain({ check, detail }: Violation): string {
  return `${check}: ${detail}`;
}
