// Admissions that go on while certificates change: none may be lost.
import type { Test } from 'tap';
import { distrusted, late } from '../cluster/failed-calls.ts';
import type { Cluster } from '../cluster/index.ts';
import { LATE_LOOKUP } from '../cluster/late.ts';
import type { Stream } from './stream.ts';

/** Sends admissions during the work. Not one may be lost, but for those that a busy machine was too slow for. */
export async function undisturbed(
  t: Test,
  what: string,
  { cluster, stream, work }: { cluster: Pick<Cluster, 'log'>; stream: Stream; work: Promise<unknown> },
): Promise<void> {
  const before = { distrusted: distrusted(cluster), late: late(cluster) };
  const { sent, lost, lostForMs } = await stream.during(work);
  const outcomes = Object.entries(lost);
  const count = sumOf(outcomes);
  const slow = late(cluster) - before.late + sumOf(outcomes.filter(([outcome]) => LATE_LOOKUP.test(outcome)));
  t.comment(`${what}: ${sent} sent, ${count} lost in ${lostForMs} ms, ${slow} timeouts of a busy machine`);
  for (const [outcome, times] of outcomes) t.comment(`${times} x ${outcome}`);
  t.equal(distrusted(cluster) - before.distrusted, 0, `${what}: no call failed for want of trust`);
  t.ok(count <= slow, `${what}: none was lost`);
}

function sumOf(outcomes: readonly (readonly [string, number])[]): number {
  return outcomes.reduce((sum, [, times]) => sum + times, 0);
}
