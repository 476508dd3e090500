import { resourcePath } from '../../common/kube/paths.ts';
import { stringAt } from '../../common/json-paths.ts';
import { labelsAt } from '../../webhook/facts/selector.ts';
import { MODE_LABEL } from '../../webhook/policy/index.ts';
import type { Client } from '../kube/client.ts';
import { entriesOf, isRecorder, readConfigurations, SUFFIX } from './configurations.ts';
import { selects } from './label-selector.ts';

/** How a namespace is guarded: by its mode, or not at all because the chart leaves it out, or because it is its own. */
export type Guarding = 'enforce' | 'warn' | 'audit' | 'off' | 'excluded' | 'own';

/** Reads how a namespace is guarded; null where no webhook is registered. Rejects as the client. */
export async function guardingOf(
  client: Pick<Client, 'get' | 'list'>,
  namespace: string,
  signal: AbortSignal,
): Promise<Guarding | null> {
  const [object, configurations] = await Promise.all([
    client.get(resourcePath('v1', 'namespaces', { name: namespace }), { signal }),
    readConfigurations(client, 'mutating', signal),
  ]);
  const labels = labelsAt(object, 'metadata', 'labels');
  const recorders = configurations.flatMap(entriesOf).filter(isRecorder);
  const looking = recorders.find((entry) => selects(entry, 'namespaceSelector', labels));
  if (looking !== undefined) return modeIn(stringAt(looking, 'name') ?? '');
  if (recorders.length === 0) return null;
  if (recorders.some((entry) => stringAt(entry, 'clientConfig', 'service', 'namespace') === namespace)) return 'own';
  const guarded = { ...labels, [MODE_LABEL]: 'enforce' };
  return recorders.some((entry) => selects(entry, 'namespaceSelector', guarded)) ? 'off' : 'excluded';
}

/** `mutate-audit.bluegreen.dev` is of the mode audit, `mutate.bluegreen.dev` of enforce. */
function modeIn(name: string): Guarding {
  const plain = name.slice(0, -SUFFIX.length);
  return plain.endsWith('-audit') ? 'audit' : plain.endsWith('-warn') ? 'warn' : 'enforce';
}
