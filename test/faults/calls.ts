import type { Cluster } from '../cluster/index.ts';
import { parseMetrics, sumOf } from '../e2e/metrics.ts';

const OURS = /name="[a-z-]+\.bluegreen\.dev"/;

/** What the API server has counted of the webhook since it was started. */
export interface Counts {
  /** Calls, answered or not. */
  readonly calls: number;
  /** Calls without an answer, to entries that let pass what they are not asked about (failurePolicy Ignore). */
  readonly opened: number;
}

export async function readCounts(cluster: Cluster): Promise<Counts> {
  const series = parseMetrics(await cluster.kubectlOk(['get', '--raw', '/metrics']));
  return {
    calls: sumOf(series, 'apiserver_admission_webhook_request_total', OURS),
    opened: sumOf(series, 'apiserver_admission_webhook_fail_open_count', OURS),
  };
}
