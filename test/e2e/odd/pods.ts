// The pods behind the colors of test/e2e/gitops/colors.yaml.
import type { Test } from 'tap';
import { until } from '../../cluster/node/api.ts';
import type { Shop } from './shop.ts';

export const IMAGE = 'ghcr.io/stefanprodan/podinfo';
export const SETTLED_MS = 60_000;

/** One pod of a color, of one revision. */
export async function settled(t: Test, { alice }: Shop, color: string): Promise<void> {
  await alice.may(t, `rollout status deployment/${color} --timeout=60s`);
  async function alone(): Promise<boolean> {
    return (await alice.run(`get pods -l color=${color} -o name`)).said.split('\n').length === 1;
  }
  t.ok(await until(alone, SETTLED_MS), `one pod of ${color}`);
}
