// A CA of a test's own, and a certificate that it issued.
import { webcrypto } from 'node:crypto';
import { createAuthority } from '../../certs/ca.ts';
import type { Authority } from '../../certs/ca.ts';
import { issueLeaf } from '../../certs/serving.ts';
import type { Leaf } from '../../certs/serving.ts';

export const HOUR = 3_600_000;
export const TOOLS = { now: () => new Date(), elapsed: () => performance.now(), crypto: webcrypto };

export async function authorityAndLeaf(
  names: readonly string[] = ['localhost'],
): Promise<{ authority: Authority; leaf: Leaf }> {
  const authority = await createAuthority(TOOLS, 24 * HOUR);
  return { authority, leaf: await issueLeaf(TOOLS, authority, names, HOUR) };
}
