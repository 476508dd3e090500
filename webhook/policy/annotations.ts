/** The annotations and labels of the contract with users. */
export const PREFIX = 'bluegreen.dev/';

export const ANNOTATION = {
  /** Names of the child Services, where they do not follow the blue/green naming. The user's to write. */
  blue: `${PREFIX}blue`,
  green: `${PREFIX}green`,
  /** `passed`, or `passed:<image tag, digest or revision>`. The user's to write. */
  smokeTest: `${PREFIX}smoke-test`,
  /** A reason, or `until <RFC 3339>: <reason>`; denies promotions, until then. The user's to write. */
  frozen: `${PREFIX}frozen`,
  /** A reason; lets one request through. Needs the RBAC verb `override`. The user's to write. */
  override: `${PREFIX}override`,
  /** A reason; lifts the guards for a teardown. Needs the RBAC verb `override`. The user's to write. */
  unguard: `${PREFIX}unguard`,
  /** A reason; a creation brings its record along. Needs the RBAC verb `override`. The user's to write. */
  restore: `${PREFIX}restore`,
  /** How the last watch of a switch ended (JSON). The plugin's. */
  analysis: `${PREFIX}analysis`,
  /** What the smoke test is bound to. The webhook's. */
  smokeTestRecord: `${PREFIX}smoke-test-record`,
  /** The active color, for people and CEL. The webhook's. */
  active: `${PREFIX}active`,
  /** The color to roll back to, for people and CEL. The webhook's, but anyone may write `none`. */
  previous: `${PREFIX}previous`,
  /** Active, previous and history in full. The webhook's. */
  record: `${PREFIX}record`,
} as const;

/** The annotations that only the webhook writes, in the order they are restored. */
export const RECORD_ANNOTATIONS = [
  ANNOTATION.active,
  ANNOTATION.previous,
  ANNOTATION.record,
  ANNOTATION.smokeTestRecord,
] as const;

/** Namespace label that chooses the mode. */
export const MODE_LABEL = `${PREFIX}mode`;

/** Written by `kubectl apply`: the manifest as it was last applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
