import { FORBIDDEN } from '../../common/http-status.ts';
import type { ResourceClient } from '../../common/kube/client.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { ReadOptions } from './reader.ts';
import type { UsageReader } from './usage-reader.ts';

/** Looks whether a Secret exists. The webhook has no right to it unless somebody grants one; its content is not kept. */
export function createSecretLook(client: ResourceClient<ReadOptions>): UsageReader['seeSecret'] {
  return async (namespace, name, signal) => {
    try {
      const path = resourcePath('v1', 'secrets', { namespace, name });
      return (await client.getOrNull(path, { attempt: `read Secret ${name}`, signal })) === null ? 'gone' : 'there';
    } catch (error) {
      if (hasStatus(error, FORBIDDEN)) return 'unreadable';
      throw error;
    }
  };
}
