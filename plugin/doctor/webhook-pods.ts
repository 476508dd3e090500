import type { JsonObject } from '../../common/json.ts';
import { at } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { DoctorContext } from './finding.ts';

const SELECTOR = 'app.kubernetes.io/name=bluegreen,app.kubernetes.io/component=webhook';

/** The pods of the webhook that are not being deleted. Rejects when pods may not be listed. */
export async function webhookPods({
  session,
  io,
}: Pick<DoctorContext, 'session' | 'io'>): Promise<readonly JsonObject[]> {
  const query = { labelSelector: SELECTOR };
  const pods = await session.client.list(resourcePath('v1', 'pods'), { query, signal: io.interrupted });
  return pods.filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined);
}
