import type { Verdict, Violation } from '../types.ts';
import type { Guard, GuardSubject } from './guard.ts';
import { idleWorkload } from './idle-workload.ts';
import { inlineWeights } from './inline-weights.ts';
import { liveRoute } from './live-route.ts';
import { liveService } from './live-service.ts';
import { liveWorkload } from './live-workload.ts';

/** Every guard, in the order in which findings are reported. */
export const GUARDS: readonly Guard[] = [liveWorkload, idleWorkload, liveService, liveRoute, inlineWeights];

/** Decides a request for something around a governed TraefikService. */
export function guard(subject: GuardSubject): Verdict {
  const violations: Violation[] = [];
  const warnings: string[] = [];
  for (const each of GUARDS) {
    for (const { severity, reason, detail } of each.find(subject)) {
      if (severity === 'denial') violations.push({ check: each.id, reason, detail });
      else warnings.push(`${each.id}: ${detail}`);
    }
  }
  return { violations, warnings };
}
