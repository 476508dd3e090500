import { NODE_NAME, TRAEFIK_NAMESPACE } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/index.ts';
import { at, list, number, parseObject, text } from '../../../common/json.ts';
import { CONTROLLERS } from './stage.ts';

/** MiB of the containers of a namespace's pods, as the kubelet counts them: what is in memory and no file's. */
export function memoryIn(summary: string, namespace: string): number {
  let bytes = 0;
  for (const pod of list(at(parseObject(summary), 'pods'))) {
    if (text(at(pod, 'podRef', 'namespace')) !== namespace) continue;
    for (const container of list(at(pod, 'containers'))) bytes += number(at(container, 'memory', 'rssBytes')) ?? 0;
  }
  return bytes / 2 ** 20;
}

/** What the controllers need, and Traefik on the same node; 0 for those that are not installed. */
export async function readMemory(cluster: Cluster) {
  const summary = await cluster.kubectlOk(['get', '--raw', `/api/v1/nodes/${NODE_NAME}/proxy/stats/summary`]);
  function of(namespace: string): number {
    return memoryIn(summary, namespace);
  }
  return {
    bluegreen: of(CONTROLLERS.bluegreen.namespace),
    argo: of(CONTROLLERS.argo.namespace),
    flagger: of(CONTROLLERS.flagger.namespace),
    traefik: of(TRAEFIK_NAMESPACE),
  };
}
