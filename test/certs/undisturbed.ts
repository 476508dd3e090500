// Admissions that go on while certificates change: none may be lost.
import type { Test } from 'tap';
import type { Cluster } from '../cluster/index.ts';
import type { Stream } from './stream.ts';

const DISTRUST = /x509|certificate|tls:/i;
/** A busy machine did not answer within the entry's deadline, which is no loss by certificates. */
const TIMEOUT = /context deadline exceeded|Timeout/i;

/** Calls of webhooks that failed for a reason, by the API server's own log. */
function failed(cluster: Pick<Cluster, 'log'>, reason: RegExp): number {
  return cluster
    .log('kube-apiserver')
    .split('\n')
    .filter((line) => /failed calling webhook, failing (open|closed)/i.test(line) && reason.test(line)).length;
}

/** How many calls of webhooks have failed so far because the API server did not trust a certificate. */
export function distrusted(cluster: Pick<Cluster, 'log'>): number {
  return failed(cluster, DISTRUST);
}

/** Sends admissions during the work. Not one may be lost, but for those that a busy machine was too slow for. */
export async function undisturbed(
  t: Test,
  what: string,
  { cluster, stream, work }: { cluster: Pick<Cluster, 'log'>; stream: Stream; work: Promise<unknown> },
): Promise<void> {
  const before = { distrusted: distrusted(cluster), late: failed(cluster, TIMEOUT) };
  const { sent, lost, lostForMs } = await stream.during(work);
  const count = Object.values(lost).reduce((sum, each) => sum + each, 0);
  const late = failed(cluster, TIMEOUT) - before.late;
  t.comment(`${what}: ${sent} sent, ${count} lost in ${lostForMs} ms, ${late} timeouts of a busy machine`);
  for (const [outcome, times] of Object.entries(lost)) t.comment(`${times} x ${outcome}`);
  t.equal(distrusted(cluster) - before.distrusted, 0, `${what}: no call failed for want of trust`);
  t.ok(count <= late, `${what}: none was lost`);
}
