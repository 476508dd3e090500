/**
 * The policy: one `decide` for the webhook, the plugin's preflight and `lint`. Other folders import nothing else of it; the linter
 * enforces that.
 */
export * from './types.ts';
export { ANNOTATION, LAST_APPLIED, MODE_LABEL, RECORD_ANNOTATIONS } from './annotations.ts';
export { LOOKUP_FAILED } from './checks/check.ts';
export { samePods } from './checks/distinct-pods.ts';
export { CHECKS } from './checks/index.ts';
export {
  checksOf,
  consider,
  decide,
  NOT_ASKED,
  type Answers,
  type Considered,
  type ConsiderInput,
  type DecideInput,
  type Decision,
} from './decide.ts';
export { collisionsOf, namespacesOf, type Collision, type NamedObject } from './collisions.ts';
export { guard, GUARDS } from './guards/index.ts';
export type { GuardedRequest } from './guards/guard.ts';
export type { NewPart, PartChange, PartTrouble, PartUse } from './guards/part-changes.ts';
export type { Beyond, DirectBackend, OtherRoute, Mix, PreviewRoute, RouteLoss } from './guards/route-changes.ts';
export type { Listing, NewOwner, Needing, Routed, TraefikServiceName, Use, WorkloadAction } from './guards/uses.ts';
export { freezeOf, freezeText, freezeValue, type Freeze } from './freeze.ts';
export { docsLine, findingLine } from './message.ts';
export { evaluateUngoverned, explain, NO_OVERRIDE, warningLines, type Evaluation } from './evaluate.ts';
export { governed, namesOf, type Candidate, type Governance } from './governed.ts';
export { colorAnnotations, likelyPairOf, likelyPairsIn } from './likely-pair.ts';
export { colorOf, pairOfName } from './names.ts';
export { newOverride, NO_PERMISSION_ASKED, type Permission, type Permissions } from './permissions.ts';
export {
  previousOf,
  readRecord,
  sameImages,
  singleRevision,
  type FormerVersion,
  type HistoryEntry,
  type ReleasedColor,
  type ReleaseRecord,
} from './record.ts';
export {
  describe,
  likelyRevisions,
  readSmokeTest,
  settledRevision,
  stillRuns,
  suggestion,
  tagOf,
  type SmokeTestRecord,
} from './smoke-test.ts';
export { appliersOf, readAttestation } from './attestation.ts';
export { inspect } from './inspect.ts';
export { unrecordedImages } from './unrecorded-images.ts';
export { manifestWeights, type ManifestWeights } from './manifest-weights.ts';
export { weightsWriter, type WeightsWriter } from './weights-writer.ts';
export { isWeaker, modeOf, NAMESPACE_MODES, type NamespaceMode } from './mode.ts';
export { namedKinds, NOTHING_NAMED } from './traefik/named.ts';
export { TRAEFIK_DEFAULTS, TRAEFIK_LENIENT, type TraefikSettings } from './traefik/settings.ts';
export { buildable, NO_ENDPOINT, obstaclesOf, type Obstacles } from './traefik/buildable.ts';
export type { Obstacle } from './traefik/obstacle.ts';
export { keysOf, neighborOf, NO_NEIGHBORS } from './neighbors.ts';
export type { Needs } from './change-summary.ts';
export { replacesAllAtOnce, replicasOf } from './rollout.ts';
export { storedStateOf } from './weights.ts';
export { childrenOf, effectiveWeight, stateOf, type Child, type State } from './state.ts';
export { childKey, objectKey, PROVIDER, safeChildIn, safeObjectKey, splitProvider } from './traefik/names.ts';
export { chainedBy, ownPart, partReferences, partsOfEntries, partsOfRoute, type PartKind } from './traefik/parts.ts';
export { portTaken, type TakenPort } from './traefik/listed-port.ts';
export { protocolOf } from './traefik/ports.ts';
export { answering, answeringIn, byKey, reachedBy, type ObjectsByKey, type Reach } from './traefik/nesting.ts';
export { referenceOf, resolve, type Target } from './traefik/reference.ts';
export { hasCertificate, strictFlaw } from './traefik/tls-options.ts';
export { matchesLabels, parseLabelSelector } from './traefik/label-selector.ts';
export { ingressClassOf, parentsOf, rulesOf, type RouteRule } from './traefik/routes.ts';
export { isReadAlike, isReadRoute, isSeen, type Sight } from './traefik/sight.ts';
export { allEntriesOf, entriesOf } from './traefik/entries.ts';
export { answeringRoutes, isOpen } from './traefik/route-trees.ts';
export { flawOf, requiredBy, type Required } from './traefik/part-flaws.ts';
export type { Flaw } from './traefik/flaw.ts';
export { reachedColor, routedNamesIn } from './traefik/reach.ts';
