import { at, parseObject, text } from '../../../common/json.ts';
import { withConnection } from '../../bench/connections.ts';
import { postReview } from '../../bench/reviews.ts';
import type { Cluster } from '../../cluster/index.ts';
import { RELEASE } from '../../cluster/index.ts';

export interface MadeUp {
  readonly namespace: string;
  readonly name: string;
  /** The user who is said to have asked. */
  readonly by: string;
}

/** Sends a pod of the webhook a review that no API server made: weights that are denied. Every pod can do that. */
export async function made(cluster: Cluster, pod: string, { namespace, name, by }: MadeUp): Promise<void> {
  const found = await cluster.kubectlOk(['-n', RELEASE.namespace, 'get', 'pod', pod, '-o', 'json']);
  const host = text(at(parseObject(found), 'status', 'podIP')) ?? '';
  const review = postReview({ weights: [60, 30] });
  const parsed = parseObject(review.body ?? '') ?? {};
  const request = { ...parseObject(JSON.stringify(parsed['request'])), namespace, name, userInfo: { username: by } };
  const body = JSON.stringify({ ...parsed, request: { ...request, dryRun: false } });
  await withConnection({ host, port: 10250 }, (connection) => connection.send({ ...review, body }));
}
