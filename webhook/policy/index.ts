/**
 * The policy: one `decide` for the webhook, the plugin's preflight and `lint`. What is not exported here is nobody else's
 * to import; the linter holds that.
 */
export * from './types.ts';
export { ANNOTATION, LAST_APPLIED, MODE_LABEL, RECORD_ANNOTATIONS } from './annotations.ts';
export { UNREAD } from './checks/check.ts';
export { CHECKS } from './checks/index.ts';
export {
  consider,
  decide,
  NOT_ASKED,
  type Answers,
  type Considered,
  type ConsiderInput,
  type DecideInput,
  type Decision,
} from './decide.ts';
export { guard, GUARDS } from './guards/index.ts';
export type { GuardedRequest, Routed, TargetedPort, Use, WorkloadAction } from './guards/guard.ts';
export { explain } from './evaluate.ts';
export { governed, namesOf, type Candidate, type Governance } from './governed.ts';
export { colorOf, pairOfName } from './names.ts';
export { newOverride, NO_PERMISSION_ASKED, type Permission, type Permissions } from './permissions.ts';
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
  readSmokeTest,
  settledRevision,
  stillRuns,
  suggestion,
  tagOf,
  type SmokeTestRecord,
} from './smoke-test.ts';
export { appliersOf, readAttestation } from './attestation.ts';
export { inspect, restsOnFacts } from './inspect.ts';
export { isWeaker, modeOf, NAMESPACE_MODES, type NamespaceMode } from './mode.ts';
export { neighborOf, NO_NEIGHBORS } from './neighbors.ts';
export type { Needs } from './outline.ts';
export { childrenOf, effectiveWeight, stateOf, type Child, type State } from './state.ts';
