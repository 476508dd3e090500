import type { SecretStore, StoredSecret } from '../../certs/store.ts';
import { at, get, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { decode, encode, unlessLost } from './certificate-codec.ts';
import type { KubeClient } from './client.ts';

/** An operator puts it on the Secret, with any value, to have another CA. */
export const ROTATE_ANNOTATION = 'bluegreen.dev/rotate-ca';

/** How long one call may take, in milliseconds. */
const CALL_MS = 10_000;
const MANAGER = 'bluegreen-webhook';

/** The collection of Secrets of a namespace, for calls and watches. */
export function secretsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}

/** The Secret that the replicas share, on a real API server. */
export function createSecretStore(client: KubeClient, namespace: string, name: string): SecretStore {
  const path = `${secretsPath(namespace)}/${name}`;
  const called = `Secret ${namespace}/${name}`;

  return {
    async readSecret() {
      const secret = await client.get({ path, attempt: `read ${called}`, signal: AbortSignal.timeout(CALL_MS) });
      return secret === null ? null : storedSecret(secret);
    },
    async makeSecret() {
      // Server-side apply names what it makes in its path: so that the right to make this one Secret is enough. It has
      // no data, so that it takes nothing from one that is there already.
      await client.call({
        method: 'PATCH',
        path,
        query: { fieldManager: MANAGER, force: 'true' },
        contentType: 'application/apply-patch+yaml',
        body: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
        attempt: `make ${called} again`,
        signal: AbortSignal.timeout(CALL_MS),
      });
    },
    async updateSecret(resourceVersion, { data, answersRequest }) {
      const annotations = answersRequest ? { [ROTATE_ANNOTATION]: null } : {};
      return unlessLost([404, 409], 'updated', 'conflict', () =>
        client.call({
          method: 'PATCH',
          path,
          contentType: 'application/merge-patch+json',
          body: { metadata: { resourceVersion, annotations }, data: encoded(data) },
          attempt: `update ${called}`,
          signal: AbortSignal.timeout(CALL_MS),
        }),
      );
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
