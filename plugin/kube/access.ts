import { resourcePath } from '../../common/kube/paths.ts';
import { at } from '../../common/json.ts';
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
