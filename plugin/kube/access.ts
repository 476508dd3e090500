import { resourcePath } from '../../common/kube/paths.ts';
import { at, text } from '../../common/json.ts';
import type { Client } from './client.ts';

/** What a right is about, as RBAC names it. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Left out for a right on every object of the kind. */
  readonly name?: string;
}

/** Whether the user has a right in a namespace. Rejects where the API server does not answer. */
export async function mayI(
  client: Client,
  { verb, group, resource, subresource, name }: Right,
  namespace: string,
  signal: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = {
    namespace,
    verb,
    group,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(name ? { name } : {}),
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = resourcePath('authorization.k8s.io/v1', 'selfsubjectaccessreviews');
  return at(await client.create(path, body, { quiet: true, signal }), 'status', 'allowed') === true;
}

/** The name that the API server knows the user by; null where it does not tell. Never rejects. */
export async function whoAmI(client: Client, signal: AbortSignal): Promise<string | null> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = resourcePath('authentication.k8s.io/v1', 'selfsubjectreviews');
  try {
    return text(at(await client.create(path, body, { quiet: true, signal }), 'status', 'userInfo', 'username'));
  } catch {
    return null;
  }
}
