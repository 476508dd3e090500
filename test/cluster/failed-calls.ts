// Calls of webhooks that the API server could not make, by its own log.
import type { Cluster } from './index.ts';

const FAILED = /failed calling webhook, failing (?:open|closed)/i;
const TRUST = /x509|certificate|tls:/i;
/**
 * A busy machine did not answer within the webhook's deadline, or its client did not wait for that. Not "timeout" alone,
 * which the URL of every call has in its query.
 */
const TIME = /context (?:deadline exceeded|canceled)|Client\.Timeout|(?:i\/o|handshake) timeout/;

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

/** How many calls have failed because time was over: all, or those of one webhook. */
export function late(cluster: Pick<Cluster, 'log'>, webhook = ''): number {
  return failedCalls(cluster).filter((line) => line.includes(webhook) && TIME.test(line)).length;
}

/** The calls that failed for another reason than time. */
export function failedOtherwise(cluster: Pick<Cluster, 'log'>): readonly string[] {
  return failedCalls(cluster).filter((line) => !TIME.test(line));
}
