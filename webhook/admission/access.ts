import type { Group } from '../policy/index.ts';
import type { AdmissionRequest } from './types.ts';

/** A verb of the contract on a TraefikService, beside RBAC's own. */
export interface AccessQuery {
  readonly user: AdmissionRequest['user'];
  readonly verb: 'promote' | 'override';
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
}

/** Asks the cluster's authorizer (SubjectAccessReview). Rejects when it cannot be asked. */
export type Access = (query: AccessQuery, signal: AbortSignal) => Promise<boolean>;
