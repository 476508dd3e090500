import type { Configuration, ConfigurationKind, ConfigurationStore } from '../../certs/store.ts';
import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { KubeClient } from './client.ts';
import { decode, encode, unlessLost } from './certificate-codec.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const RESOURCES = {
  mutating: { plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' },
  validating: { plural: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration' },
} as const;

/** How long one call may take, in milliseconds. */
const CALL_MS = 10_000;

export interface ConfigurationStoreOptions {
  /** Names of the webhook configurations. */
  readonly configurations: Readonly<Record<ConfigurationKind, string>>;
  /** Names of the entries that have to deny what they cannot be asked, as of now: others count as armed. */
  readonly failClosed: () => readonly string[];
}

/** The collection of a kind of webhook configuration, for calls and watches. */
export function configurationsPath(kind: ConfigurationKind): string {
  return `${ADMISSION}/${RESOURCES[kind].plural}`;
}

/** The webhook configurations on a real API server. */
export function createConfigurationStore(
  client: KubeClient,
  { configurations, failClosed }: ConfigurationStoreOptions,
): ConfigurationStore {
  const pathOf = (kind: ConfigurationKind): string => `${configurationsPath(kind)}/${configurations[kind]}`;
  const nameOf = (kind: ConfigurationKind): string => `${RESOURCES[kind].kind} ${configurations[kind]}`;

  return {
    async readConfiguration(kind) {
      const found = await client.get({
        path: pathOf(kind),
        attempt: `read ${nameOf(kind)}`,
        signal: AbortSignal.timeout(CALL_MS),
      });
      return found === null ? null : configurationOf(kind, found, failClosed());
    },
    async patchConfiguration({ kind, resourceVersion, entries }, caBundle) {
      const value = caBundle === null ? null : encode(caBundle);
      const body = [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        ...entries.flatMap(({ armed }, index) => [
          ...(value === null ? [] : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value }]),
          ...(armed ? [] : [{ op: 'add', path: `/webhooks/${index}/failurePolicy`, value: 'Fail' }]),
        ]),
      ];
      // A failed `test` is 422.
      return unlessLost([404, 409, 422], 'patched', 'conflict', () =>
        client.call({
          method: 'PATCH',
          path: pathOf(kind),
          contentType: 'application/json-patch+json',
          body,
          attempt: `set the caBundle of ${nameOf(kind)}`,
          signal: AbortSignal.timeout(CALL_MS),
        }),
      );
    },
  };
}

function configurationOf(kind: ConfigurationKind, found: JsonObject, failClosed: readonly string[]): Configuration {
  const entries = list(get(found, 'webhooks')).map((entry) => {
    const webhook = text(get(entry, 'name')) ?? '';
    return {
      webhook,
      caBundle: decode(at(entry, 'clientConfig', 'caBundle')),
      armed: !failClosed.includes(webhook) || get(entry, 'failurePolicy') === 'Fail',
    };
  });
  return { kind, resourceVersion: text(at(found, 'metadata', 'resourceVersion')) ?? '', entries };
}
