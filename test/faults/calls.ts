import type { Cluster } from '../cluster/index.ts';

/** How often the API server has called the webhook since it was started, answered or not, by its own count. */
export async function countCalls(cluster: Cluster): Promise<number> {
  const metrics = await cluster.kubectlOk(['get', '--raw', '/metrics']);
  return metrics
    .split('\n')
    .filter((line) => /^apiserver_admission_webhook_request_total\{.*name="[a-z-]+\.bluegreen\.dev"/.test(line))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
