import type { CaBundles, CertificateStore, ConfigurationKind, StoredSecret } from '../../certs/store.ts';
import { at, get, list, text } from '../policy/json.ts';
import type { Json, JsonObject } from '../policy/types.ts';
import type { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const KINDS = {
  mutating: { plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' },
  validating: { plural: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration' },
} as const;

/** How long one call may take, in milliseconds. */
const CALL_MS = 10_000;

export interface StoreOptions {
  readonly namespace: string;
  readonly caSecret: string;
  /** Names of the webhook configurations. */
  readonly configurations: Readonly<Record<ConfigurationKind, string>>;
  /** Names of the entries that have to refuse what they cannot be asked. */
  readonly failClosed: readonly string[];
}

/** The CertificateStore on a real API server. */
export function createCertificateStore(client: KubeClient, options: StoreOptions): CertificateStore {
  const { namespace, caSecret, configurations } = options;
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const secretName = `Secret ${namespace}/${caSecret}`;

  return {
    async readSecret() {
      const secret = await client.get({
        path: `${secrets}/${caSecret}`,
        attempt: `read ${secretName}`,
        signal: AbortSignal.timeout(CALL_MS),
      });
      return secret === null ? null : storedSecret(secret);
    },
    async createSecret(data) {
      const body = secretBody(options, data);
      const attempt = `create ${secretName}`;
      return unlessStatus([409], 'created', 'exists', () =>
        client.call({ method: 'POST', path: secrets, body, attempt, signal: AbortSignal.timeout(CALL_MS) }),
      );
    },
    async updateSecret(resourceVersion, data) {
      return unlessStatus([409], 'updated', 'conflict', () =>
        client.call({
          method: 'PATCH',
          path: `${secrets}/${caSecret}`,
          contentType: 'application/merge-patch+json',
          body: { metadata: { resourceVersion }, data: encoded(data) },
          attempt: `update ${secretName}`,
          signal: AbortSignal.timeout(CALL_MS),
        }),
      );
    },
    async readCaBundles(kind) {
      const configuration = await client.get({
        path: `${CONFIGURATIONS}/${KINDS[kind].plural}/${configurations[kind]}`,
        attempt: `read ${KINDS[kind].kind} ${configurations[kind]}`,
        signal: AbortSignal.timeout(CALL_MS),
      });
      return configuration === null ? null : caBundles(configuration, options.failClosed);
    },
    async patchCaBundle(kind, seen, caBundle) {
      const value = Buffer.from(caBundle).toString('base64');
      const body = seen.flatMap(({ webhook, armed }, index) => [
        { op: 'test', path: `/webhooks/${index}/name`, value: webhook },
        { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value },
        ...(armed ? [] : [{ op: 'add', path: `/webhooks/${index}/failurePolicy`, value: 'Fail' }]),
      ]);
      // A failed `test` is 422.
      return unlessStatus([409, 422], 'patched', 'conflict', () =>
        client.call({
          method: 'PATCH',
          path: `${CONFIGURATIONS}/${KINDS[kind].plural}/${configurations[kind]}`,
          contentType: 'application/json-patch+json',
          body,
          attempt: `set the caBundle of ${KINDS[kind].kind} ${configurations[kind]}`,
          signal: AbortSignal.timeout(CALL_MS),
        }),
      );
    },
  };
}

async function unlessStatus<Done, Lost>(
  lost: readonly number[],
  done: Done,
  race: Lost,
  write: () => Promise<unknown>,
): Promise<Done | Lost> {
  try {
    await write();
    return done;
  } catch (error) {
    if (error instanceof KubeError && lost.includes(error.status)) return race;
    throw error;
  }
}

function secretBody({ namespace, caSecret }: StoreOptions, data: Readonly<Record<string, string>>): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: caSecret,
      namespace,
      labels: { 'app.kubernetes.io/name': 'bluegreen', 'app.kubernetes.io/managed-by': 'bluegreen-webhook' },
    },
    type: 'Opaque',
    data: encoded(data),
  };
}

function encoded(data: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

function storedSecret(secret: JsonObject): StoredSecret {
  const data = Object.entries(get(secret, 'data') ?? {}).map(([key, value]) => [key, decode(value)]);
  return { resourceVersion: text(at(secret, 'metadata', 'resourceVersion')) ?? '', data: Object.fromEntries(data) };
}

function caBundles(configuration: JsonObject, failClosed: readonly string[]): CaBundles {
  return list(get(configuration, 'webhooks')).map((entry) => {
    const webhook = text(get(entry, 'name')) ?? '';
    return {
      webhook,
      caBundle: decode(at(entry, 'clientConfig', 'caBundle')),
      armed: !failClosed.includes(webhook) || get(entry, 'failurePolicy') === 'Fail',
    };
  });
}

function decode(value: Json | undefined): string {
  return Buffer.from(text(value) ?? '', 'base64').toString();
}
