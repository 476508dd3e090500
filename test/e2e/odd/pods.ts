// The pods behind the colors of test/e2e/gitops/colors.yaml.
import type { Test } from 'tap';
import { onePod } from '../revisions.ts';
import type { Shop } from './shop.ts';

export const IMAGE = 'ghcr.io/stefanprodan/podinfo';
export const SETTLED_MS = 60_000;

/** One pod of a color, of one revision. */
export async function settled(t: Test, { alice }: Shop, color: string): Promise<void> {
  await alice.may(t, `rollout status deployment/${color} --timeout=60s`);
  await onePod(t, alice, color);
}
