import { unlessStatus } from '../../common/kube/errors.ts';
import type { SecretStore, StoredSecret } from '../../certs/store.ts';
import { at, get, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { CONFLICT, NOT_FOUND } from '../../common/http-status.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { decode, encode } from './certificate-codec.ts';
import type { KubeClient } from './client.ts';

/** An operator puts it on the Secret, with any value, to have another CA. */
export const ROTATE_ANNOTATION = 'bluegreen.dev/rotate-ca';

/** How long one call may take, in milliseconds. */
const CALL_MS = 10_000;
const MANAGER = 'bluegreen-webhook';

/** The collection of Secrets of a namespace, for calls and watches. */
export function secretsPath(namespace: string): string {
  return resourcePath('v1', 'secrets', { namespace });
}

/** The Secret that the replicas share, on a real API server. */
export function createSecretStore(client: KubeClient, namespace: string, name: string): SecretStore {
  const path = resourcePath('v1', 'secrets', { namespace, name });
  const called = `Secret ${namespace}/${name}`;

  return {
    async readSecret() {
      const secret = await client.getOrNull(path, { attempt: `read ${called}`, signal: AbortSignal.timeout(CALL_MS) });
      return secret === null ? null : storedSecret(secret);
    },
    async makeSecret() {
      // Server-side apply names what it makes in its path: so that the right to make this one Secret is enough. It has
      // no data, so that it takes nothing from one that is there already.
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } };
      await client.patch(path, 'apply', secret, {
        query: { fieldManager: MANAGER, force: 'true' },
        attempt: `make ${called} again`,
        signal: AbortSignal.timeout(CALL_MS),
      });
    },
    async updateSecret(resourceVersion, { data, answersRequest }) {
      const annotations = answersRequest ? { [ROTATE_ANNOTATION]: null } : {};
      const body = { metadata: { resourceVersion, annotations }, data: encoded(data) };
      const updated = client.patch(path, 'merge', body, {
        attempt: `update ${called}`,
        signal: AbortSignal.timeout(CALL_MS),
      });
      return (await unlessStatus([NOT_FOUND, CONFLICT], null, updated)) === null ? 'conflict' : 'updated';
    },
  };
}

function encoded(data: Readonly<Record<string, string | null>>): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value === null ? null : encode(value)]));
}

function storedSecret(secret: JsonObject): StoredSecret {
  const data = Object.entries(get(secret, 'data') ?? {}).map(([key, value]) => [key, decode(value)]);
  return {
    resourceVersion: text(at(secret, 'metadata', 'resourceVersion')) ?? '',
    data: Object.fromEntries(data),
    rotationRequested: at(secret, 'metadata', 'annotations', ROTATE_ANNOTATION) !== undefined,
  };
}
