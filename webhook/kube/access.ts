import type { Access } from '../admission/access.ts';
import { at } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { KubeClient } from './client.ts';

/** Asks with a SubjectAccessReview, with everything that the authorizer could look at of the user. */
export function createAccess(client: KubeClient): Access {
  return async ({ user, verb, group, namespace, name }, signal) => {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: user.name,
        uid: user.uid,
        groups: user.groups,
        extra: user.extra,
        resourceAttributes: { group, resource: 'traefikservices', verb, namespace, name },
      },
    };
    const path = resourcePath('authorization.k8s.io/v1', 'subjectaccessreviews');
    const attempt = `ask whether ${user.name} may ${verb} traefikservices`;
    const review = await client.create(path, body, { attempt, signal });
    return at(review, 'status', 'allowed') === true;
  };
}
