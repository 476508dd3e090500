// Calls of webhooks that the API server could not make, by its own log.
import type { Cluster } from '../cluster/index.ts';

const FAILED = /failed calling webhook, failing (?:open|closed)/i;
const TRUST = /x509|certificate|tls:/i;
/** A busy machine did not answer within the entry's deadline, or its client did not wait for that. */
const TIME = /context (?:deadline exceeded|canceled)|Timeout/i;

/** One line for each call so far, whatever it failed for. */
function failedCalls(cluster: Pick<Cluster, 'log'>): readonly string[] {
  return cluster
    .log('kube-apiserver')
    .split('\n')
    .filter((line) => FAILED.test(line));
}

/** How many calls have failed because the API server did not trust a certificate. */
export function distrusted(cluster: Pick<Cluster, 'log'>): number {
  return failedCalls(cluster).filter((line) => TRUST.test(line)).length;
}

/** How many calls have failed because time was over. */
export function late(cluster: Pick<Cluster, 'log'>): number {
  return failedCalls(cluster).filter((line) => TIME.test(line)).length;
}

/** The calls that failed for another reason than time. */
export function failedOtherwise(cluster: Pick<Cluster, 'log'>): readonly string[] {
  return failedCalls(cluster).filter((line) => !TIME.test(line));
}
