import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { text } from '../../common/json.ts';
import { objectAt } from '../../common/json-paths.ts';
import { nameOf } from '../../common/objects.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { Session } from '../cli/session.ts';
import { UserError } from '../kube/errors.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** The Service of a color and the pods behind its selector, by name. */
export async function podsOf(
  { client }: Session,
  { namespace, pair }: TraefikServiceRef,
  color: Color,
  signal: AbortSignal,
): Promise<{ readonly service: JsonObject; readonly pods: readonly JsonObject[] }> {
  const service = await client.get(resourcePath('v1', 'services', { namespace, name: pair[color] }), { signal });
  const selector = Object.entries(objectAt(service, 'spec', 'selector'));
  if (selector.length === 0) {
    throw new UserError(`Service ${pair[color]} has no selector, so its pods are not known`);
  }
  const labelSelector = selector.map(([key, value]) => `${key}=${text(value) ?? ''}`).join(',');
  const pods = await client.list(resourcePath('v1', 'pods', { namespace }), { query: { labelSelector }, signal });
  return { service, pods: pods.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) };
}
