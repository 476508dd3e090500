import { splitBundle } from '../../../certs/bundle.ts';
import { at, list, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { RELEASE } from '../../cluster/index.ts';
import { until } from '../../cluster/node/api.ts';
import type { Client } from '../../e2e/api.ts';
import type { Fault } from '../fault.ts';

const SECRET = `/api/v1/namespaces/${RELEASE.namespace}/secrets/${RELEASE.name}-ca`;
const CONFIGURATIONS = ['mutating', 'validating'].map(
  (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${RELEASE.name}`,
);
const ROTATION_MS = 180_000;

async function read(client: Client, path: string): Promise<JsonObject> {
  return (await client.call('GET', path)).body;
}

async function authority(client: Client): Promise<string> {
  return text(at(await read(client, SECRET), 'data', 'ca.crt')) ?? '';
}

/** Whether every entry trusts one CA and no other. */
async function settled(client: Client): Promise<boolean> {
  const configurations = await Promise.all(CONFIGURATIONS.map((path) => read(client, path)));
  const bundles = configurations
    .flatMap((each) => list(each['webhooks']))
    .map((entry) => {
      return Buffer.from(text(at(entry, 'clientConfig', 'caBundle')) ?? '', 'base64').toString();
    });
  return bundles.every((bundle) => splitBundle(bundle).length === 1);
}

export const caRotated: Fault = {
  name: 'ca-rotated',
  what: 'the CA replaced',
  answered: true,
  happen: async ({ client, cluster }) => {
    const before = await authority(client);
    const secret = ['secret', `${RELEASE.name}-ca`, 'bluegreen.dev/rotate-ca=now'];
    await cluster.kubectlOk(['-n', RELEASE.namespace, 'annotate', ...secret]);
    async function rotated(): Promise<boolean> {
      return (await authority(client)) !== before && (await settled(client));
    }
    if (!(await until(rotated, ROTATION_MS))) throw new Error('the CA was not replaced');
  },
};
