import { ANNOTATION } from './annotations.ts';
import { annotation } from '../../common/json.ts';
import type { Change } from './types.ts';

/** What RBAC says of a verb on this TraefikService; `unknown` when the authorizer could not be asked. */
export type Permission = 'granted' | 'denied' | 'unknown' | 'not asked';

export interface Permissions {
  readonly promote: Permission;
  readonly override: Permission;
}

export const NO_PERMISSION_ASKED: Permissions = { promote: 'not asked', override: 'not asked' };

/** The reason of an override that this request brings: one that stood there before has done its work. */
export function newOverride(change: Pick<Change, 'object' | 'oldObject'>): string | null {
  return newReason(change, ANNOTATION.override);
}

/** The reason for unguarding that this request brings. */
export function newUnguard(change: Pick<Change, 'object' | 'oldObject'>): string | null {
  return newReason(change, ANNOTATION.unguard);
}

/** The reason for restoring that a creation brings: afterwards it stays as a trace and does nothing. */
export function newRestore(change: Pick<Change, 'operation' | 'object'>): string | null {
  return change.operation === 'CREATE'
    ? newReason({ object: change.object, oldObject: null }, ANNOTATION.restore)
    : null;
}

function newReason({ object, oldObject }: Pick<Change, 'object' | 'oldObject'>, key: string): string | null {
  const reason = annotation(object, key);
  return reason && reason !== annotation(oldObject, key) ? reason : null;
}
