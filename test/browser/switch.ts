import type { Page } from 'playwright-core';
import { DEMO_NAMESPACE } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { attestGreen } from '../plugin/faults.ts';

const SHOP = 'traefikservice.traefik.io/bluegreen-wrr';
const IN = ['-n', DEMO_NAMESPACE] as const;

/** The page's address of the demo's release. */
export const RELEASE_HASH = `#/release/${DEMO_NAMESPACE}/traefik.io/bluegreen-wrr`;

/** Weights of blue and green, as they are stored. */
export function weightsOf(cluster: Cluster): Promise<string> {
  return cluster.kubectlOk(['get', ...IN, SHOP, '-o', 'jsonpath={.spec.weighted.services[*].weight}']);
}

/** Says that green is tested, anew: a pass that says what it said before is no news. */
export async function attestAnew(cluster: Cluster): Promise<void> {
  await cluster.kubectlOk(['annotate', ...IN, SHOP, 'bluegreen.dev/smoke-test-']);
  await attestGreen(cluster);
}

/** Goes back to blue by the command line, whatever a test left behind. */
export async function backToBlue(cluster: Cluster): Promise<void> {
  await cluster.kubectl(['bluegreen', 'unfreeze', 'bluegreen-wrr', ...IN]);
  if ((await weightsOf(cluster)) === '0 100')
    await cluster.kubectlOk(['bluegreen', 'rollback', 'bluegreen-wrr', ...IN]);
}

/** Presses a button of the page, confirms, and waits for the command's end; its output. */
export async function confirm(page: Page, button: RegExp, now: string): Promise<string> {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: now }).click();
  const output = await dialog.getByRole('status').innerText({ timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Close' }).click();
  return output;
}
