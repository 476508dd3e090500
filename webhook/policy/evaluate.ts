import { CHECKS } from './checks/index.ts';
import type { Subject } from './checks/check.ts';
import { newOverride } from './permissions.ts';
import type { Verdict, Finding } from './types.ts';

/** A verdict, and what a break glass let through. */
export interface Evaluation extends Verdict {
  readonly overridden: readonly Finding[];
}

/** Runs every check; what the request does not touch, or overrides with permission, becomes a warning. */
export function evaluate(subject: Subject): Evaluation {
  const findings: Finding[] = [];
  const warnings: string[] = [];
  for (const check of CHECKS) {
    const results = check.find(subject);
    if (results.length === 0) continue;
    const touched = check.touched(subject);
    for (const { severity, reason, detail } of results) {
      if (severity === 'denied' && touched) findings.push({ check: check.id, reason, detail });
      else warnings.push(`${check.id}: ${detail}`);
    }
  }
  const override = newOverride(subject.change);
  if (override === null || subject.permissions.override !== 'granted') return { findings, warnings, overridden: [] };
  const said = findings.map((finding) => `overridden (${override}): ${explain(finding)}`);
  return { findings: [], warnings: [...said, ...warnings], overridden: findings };
}

/** One finding as every message shows it: the check, then what, where and how to fix it. */
export function explain({ check, detail }: Finding): string {
  return `${check}: ${detail}`;
}
