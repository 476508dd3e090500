import type { Verdict, Finding } from '../types.ts';
import type { Guard, GuardSubject } from './guard.ts';
import { previewWorkload } from './preview-workload.ts';
import { inlineWeights } from './inline-weights.ts';
import { activeRoute } from './active-route.ts';
import { activeService } from './active-service.ts';
import { activeWorkload } from './active-workload.ts';

/** Every guard, in the order in which findings are reported. */
export const GUARDS: readonly Guard[] = [activeWorkload, previewWorkload, activeService, activeRoute, inlineWeights];

/** Decides a request for something around a governed TraefikService. */
export function guard(subject: GuardSubject): Verdict {
  const findings: Finding[] = [];
  const warnings: string[] = [];
  for (const each of GUARDS) {
    for (const { severity, reason, detail } of each.find(subject)) {
      if (severity === 'denied') findings.push({ check: each.id, reason, detail });
      else warnings.push(`${each.id}: ${detail}`);
    }
  }
  return { findings, warnings };
}
