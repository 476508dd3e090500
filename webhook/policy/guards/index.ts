import { findingOf } from '../checks/check.ts';
import type { Verdict } from '../types.ts';
import type { Guard, GuardSubject } from './guard.ts';
import { previewWorkload } from './preview-workload.ts';
import { distinctNames } from './distinct-names.ts';
import { inlineWeights } from './inline-weights.ts';
import { activeRoute } from './active-route.ts';
import { activeService } from './active-service.ts';
import { activeWorkload } from './active-workload.ts';
import { ownersExist } from './owners-exist.ts';

/** Every guard, in the order in which findings are reported. */
export const GUARDS: readonly Guard[] = [
  activeWorkload,
  previewWorkload,
  ownersExist,
  activeService,
  activeRoute,
  distinctNames,
  inlineWeights,
];

/** Decides a request for something around a governed TraefikService. */
export function guard(subject: GuardSubject): Verdict {
  const found = GUARDS.flatMap((each) => each.find(subject).map((result) => findingOf(each, result)));
  return {
    findings: found.filter(({ severity }) => severity === 'denied'),
    warnings: found.filter(({ severity }) => severity === 'warning'),
  };
}
