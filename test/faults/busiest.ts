import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/index.ts';
import { replicas, samples } from '../e2e/audit/replicas.ts';
import { sumOf } from '../e2e/metrics.ts';

const LOOK_MS = 1000;

/** The replica that answers most of the reviews now: what happens to another one may go unnoticed. */
export async function busiest(cluster: Cluster): Promise<string> {
  const pods = await replicas(cluster);
  const before = await Promise.all(pods.map((pod) => reviews(cluster, pod)));
  await sleep(LOOK_MS);
  const after = await Promise.all(pods.map((pod) => reviews(cluster, pod)));
  const answered = pods.map((pod, index) => ({ pod, count: (after[index] ?? 0) - (before[index] ?? 0) }));
  return answered.toSorted((a, b) => b.count - a.count)[0]?.pod ?? '';
}

async function reviews(cluster: Cluster, pod: string): Promise<number> {
  return sumOf(await samples(cluster, pod), 'bluegreen_admission_reviews_total');
}
