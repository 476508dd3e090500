import { bundlesIn } from './bundle.ts';
import type { CABundleView } from './ca-bundle.ts';
import { verifyLeaf } from './verify.ts';

/** Why some call of the webhook would not trust the chain (PEM), in sentences; empty when every one does. */
export function distrust(
  { configurations, missing }: CABundleView,
  chain: string,
  names: readonly string[],
  now: Date,
): readonly string[] {
  return [
    ...missing.map((kind) => `the ${kind} webhook configuration does not exist yet`),
    ...new Set(bundlesIn(configurations).flatMap((caBundle) => verifyLeaf(chain, { caBundle, names, now }))),
  ];
}
