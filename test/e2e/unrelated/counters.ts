import type { Cluster } from '../../cluster/index.ts';
import { replicas, samples } from '../audit/replicas.ts';
import { sumOf } from '../metrics.ts';

export const NAMESPACE = 'unrelated';

/** Admission reviews that all replicas together have answered, by their own metrics. */
export async function reviewsAnswered(cluster: Cluster): Promise<number> {
  const pods = await replicas(cluster);
  const scraped = await Promise.all(pods.map((pod) => samples(cluster, pod)));
  return scraped.reduce((total, series) => total + sumOf(series, 'bluegreen_admission_reviews_total'), 0);
}
