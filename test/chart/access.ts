import { at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Client } from '../e2e/api.ts';

/** Something on objects of the core group unless another is given; in all namespaces, and of every name, unless given. */
export interface Action {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

const CONFIGURATIONS = 'admissionregistration.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';
/** What the webhook may not do in any namespace. */
export const NOT_ITS_OWN: readonly Action[] = [
  { verb: 'patch', group: CONFIGURATIONS, resource: 'mutatingwebhookconfigurations', name: 'other' },
  { verb: 'delete', group: CONFIGURATIONS, resource: 'validatingwebhookconfigurations', name: 'bluegreen' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'update', resource: 'services' },
  { verb: 'patch', group: 'traefik.io', resource: 'traefikservices' },
  { verb: 'create', resource: 'pods' },
  { verb: 'create', resource: 'pods', subresource: 'exec' },
  { verb: 'get', resource: 'configmaps' },
  { verb: 'get', resource: 'pods', subresource: 'log' },
  { verb: 'impersonate', resource: 'users' },
  { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
  { verb: 'escalate', group: RBAC, resource: 'clusterroles' },
  { verb: 'bind', group: RBAC, resource: 'clusterroles' },
];

/** Whether an account may do something: the request of `kubectl auth can-i --as`. */
export async function may(client: Client, account: string, action: Action): Promise<boolean> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
  const body: JsonObject = { ...review, spec: { resourceAttributes: { ...action } } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const reply = await client.call('POST', path, { body, user: account });
  const allowed = at(reply.body, 'status', 'allowed');
  if (typeof allowed !== 'boolean') throw new Error(`no answer whether ${account} may: ${JSON.stringify(reply)}`);
  return allowed;
}
