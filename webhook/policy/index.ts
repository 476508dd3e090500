/**
 * The policy: one `decide` for the webhook, the plugin's preflight and `lint`.
 */
import { backendsTouched } from './checks/backends-exist.ts';
import type { Subject } from './checks/check.ts';
import { complete, type Completion } from './complete.ts';
import { evaluate, type Evaluation } from './evaluate.ts';
import { newOverride, newRetirement, NO_PERMISSION_ASKED, type Permissions } from './permissions.ts';
import { newAttestation } from './smoke-test.ts';
import type { Change, Facts, Pair, Settings } from './types.ts';

export * from './types.ts';
export { ANNOTATION, MODE_LABEL, RECORD_ANNOTATIONS } from './annotations.ts';
export { CHECKS } from './checks/index.ts';
export { guard, GUARDS } from './guards/index.ts';
export type { GuardedRequest, TargetedPort, Use, WorkloadAction } from './guards/guard.ts';
export { explain } from './evaluate.ts';
export { governed, namesOf, type Candidate, type Governance } from './governed.ts';
export { colorOf, pairOfName } from './names.ts';
export { NO_PERMISSION_ASKED, type Permission, type Permissions } from './permissions.ts';
export {
  previousOf,
  readRecord,
  sameImages,
  singleRevision,
  type HistoryEntry,
  type Release,
  type ReleaseRecord,
} from './record.ts';
export {
  describe,
  readAttestation,
  readSmokeTest,
  settledRevision,
  stillRuns,
  suggestion,
  tagOf,
  type SmokeTestRecord,
} from './smoke-test.ts';
export { childrenOf, effectiveWeight, stateOf, type Child, type State } from './state.ts';

export interface DecideInput {
  readonly change: Change;
  readonly pair: Pair;
  /** `known: false` where `needsFacts` says that none are needed. */
  readonly facts: Facts;
  readonly settings: Settings;
  /** Left out where `neededVerbs` names none, or the caller leaves that to the webhook. */
  readonly permissions?: Permissions;
  /** RFC 3339, the time of this review. */
  readonly at: string;
}

/** The completed object and what the checks say of it. */
export type Decision = Completion & Evaluation;

/** Decides a creation or an update of a governed TraefikService. */
export function decide(input: DecideInput): Decision {
  const permissions = input.permissions ?? NO_PERMISSION_ASKED;
  const completion = complete({ ...input, permissions });
  const subject: Subject = { ...completion, ...input, permissions };
  const { violations, overridden, warnings } = evaluate(subject);
  return { ...completion, violations, overridden, warnings: [...completion.warnings, ...warnings] };
}

/** Whether a decision depends on the cluster: a color gains weight, a backend is listed anew, or a test is to be bound. */
export function needsFacts({ change, pair }: Pick<DecideInput, 'change' | 'pair'>): boolean {
  if (newAttestation(change) !== null) return true;
  const { was, now, switched } = preview({ change, pair });
  return switched !== null || backendsTouched({ was, now });
}

/** The RBAC verbs that a decision depends on. */
export function neededVerbs({
  change,
  pair,
  settings,
}: Pick<DecideInput, 'change' | 'pair' | 'settings'>): readonly (keyof Permissions)[] {
  const override = newOverride(change) !== null || newRetirement(change) !== null;
  const promotes = settings.requirePromoteVerb && preview({ change, pair }).switched?.kind === 'promotion';
  return [...(override ? (['override'] as const) : []), ...(promotes ? (['promote'] as const) : [])];
}

/** What a change does, as far as the objects alone say. */
function preview({ change, pair }: Pick<DecideInput, 'change' | 'pair'>): Completion {
  return complete({ change, pair, facts: NOT_ASKED, permissions: NO_PERMISSION_ASKED, at: '' });
}

/** The facts of a request that needs none. */
export const NOT_ASKED: Facts = { known: false, reason: 'not asked for' };
