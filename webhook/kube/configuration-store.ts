import { unlessStatus } from '../../common/kube/errors.ts';
import type { Configuration, ConfigurationKind, ConfigurationStore } from '../../certs/store.ts';
import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { CONFLICT, INVALID, NOT_FOUND } from '../../common/http-status.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { KubeClient } from './client.ts';
import { decode, encode } from './certificate-codec.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const RESOURCES = {
  mutating: { plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' },
  validating: { plural: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration' },
} as const;

/** How long one call may take, in milliseconds. */
const CALL_MS = 10_000;

export interface ConfigurationStoreOptions {
  /** Names of the webhook configurations. */
  readonly configurations: Readonly<Record<ConfigurationKind, string>>;
  /** Names of the webhooks whose failurePolicy has to be Fail now: the others count as fail closed. */
  readonly failClosed: () => readonly string[];
}

/** The collection of a kind of webhook configuration, for calls and watches. */
export function configurationsPath(kind: ConfigurationKind): string {
  return resourcePath(ADMISSION, RESOURCES[kind].plural);
}

/** The webhook configurations on a real API server. */
export function createConfigurationStore(
  client: KubeClient,
  { configurations, failClosed: failClosedNames }: ConfigurationStoreOptions,
): ConfigurationStore {
  function pathOf(kind: ConfigurationKind): string {
    return resourcePath(ADMISSION, RESOURCES[kind].plural, { name: configurations[kind] });
  }
  function nameOf(kind: ConfigurationKind): string {
    return `${RESOURCES[kind].kind} ${configurations[kind]}`;
  }

  return {
    async readConfiguration(kind) {
      const found = await client.getOrNull(pathOf(kind), {
        attempt: `read ${nameOf(kind)}`,
        signal: AbortSignal.timeout(CALL_MS),
      });
      return found === null ? null : configurationOf(kind, found, failClosedNames());
    },
    async patchConfiguration({ kind, resourceVersion, webhooks }, caBundle) {
      const value = caBundle === null ? null : encode(caBundle);
      const body = [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        ...webhooks.flatMap((webhook, index) => [
          ...(value === null ? [] : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value }]),
          ...(webhook.failClosed ? [] : [{ op: 'add', path: `/webhooks/${index}/failurePolicy`, value: 'Fail' }]),
        ]),
      ];
      const patched = client.patch(pathOf(kind), 'json', body, {
        attempt: `set the caBundle of ${nameOf(kind)}`,
        signal: AbortSignal.timeout(CALL_MS),
      });
      return (await unlessStatus([NOT_FOUND, CONFLICT, INVALID], null, patched)) === null ? 'conflict' : 'patched';
    },
  };
}

function configurationOf(kind: ConfigurationKind, found: JsonObject, failClosed: readonly string[]): Configuration {
  const webhooks = list(get(found, 'webhooks')).map((item) => {
    const webhook = text(get(item, 'name')) ?? '';
    return {
      webhook,
      caBundle: decode(at(item, 'clientConfig', 'caBundle')),
      failClosed: !failClosed.includes(webhook) || get(item, 'failurePolicy') === 'Fail',
    };
  });
  return { kind, resourceVersion: text(at(found, 'metadata', 'resourceVersion')) ?? '', webhooks };
}
