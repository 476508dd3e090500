import type { Cluster } from '../cluster/index.ts';

/** What the API server has counted of the webhook since it was started. */
export interface Counts {
  /** Calls, answered or not. */
  readonly calls: number;
  /** Calls without an answer, to entries that let pass what they are not asked about (failurePolicy Ignore). */
  readonly opened: number;
}

export async function readCounts(cluster: Cluster): Promise<Counts> {
  const metrics = (await cluster.kubectlOk(['get', '--raw', '/metrics'])).split('\n');
  const sum = (name: string): number =>
    metrics
      .filter((line) => line.startsWith(`${name}{`) && /name="[a-z-]+\.bluegreen\.dev"/.test(line))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    calls: sum('apiserver_admission_webhook_request_total'),
    opened: sum('apiserver_admission_webhook_fail_open_count'),
  };
}
