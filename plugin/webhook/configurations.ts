import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Client } from '../kube/client.ts';

/** What the names of the chart's webhooks end with. */
export const SUFFIX = '.bluegreen.dev';

/** The webhook configurations with webhooks of the chart. Rejects as `list` of the client. */
export async function readConfigurations(
  client: Pick<Client, 'list'>,
  kind: 'mutating' | 'validating',
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const path = resourcePath('admissionregistration.k8s.io/v1', `${kind}webhookconfigurations`);
  const configurations = await client.list(path, { signal });
  return configurations.filter((each) => entriesOf(each).length > 0);
}

/** Whether this is a webhook that fills in weights and writes the record: there is one a mode. */
export function isRecorder(entry: JsonObject): boolean {
  const name = stringAt(entry, 'name') ?? '';
  return name.startsWith('mutate') && name.endsWith(SUFFIX);
}

/** The chart's webhooks in a configuration. */
export function entriesOf(configuration: JsonObject): readonly JsonObject[] {
  return objectsAt(configuration, 'webhooks').filter((entry) => (stringAt(entry, 'name') ?? '').endsWith(SUFFIX));
}
