/**
 * Makes the pictures of the dashboard in docs/images, on a cluster with releases in several states: `npm run pictures`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import {
  allImages,
  installBluegreen,
  installDemo,
  installTraefik,
  reportProblem,
  startCluster,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { startTraffic } from '../demo/traffic.ts';
import { weightedSpec } from '../objects.ts';
import { startBrowser } from './browser.ts';
import { serve } from './dashboard.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const IMAGES = join(ROOT, 'docs', 'images');
const NAME = 'traefikservice.traefik.io/bluegreen-wrr';
const FREEZE = 'Black Friday: ask @sre before Tuesday';

/** The examples' objects in another namespace, behind another host. */
async function installCopy(cluster: Cluster, namespace: string): Promise<void> {
  const folder = join(ROOT, 'examples');
  const manifests = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const text = manifests.join('\n---\n');
  await cluster.apply(
    text.replaceAll('demo-bluegreen', namespace).replaceAll('podinfo.localhost', `${namespace}.localhost`),
  );
  await Promise.all(['blue', 'green'].map((color) => rolledOut(cluster, namespace, color)));
}

async function attest(cluster: Cluster, namespace: string): Promise<void> {
  const pass = 'bluegreen.dev/smoke-test=passed:6.1.6';
  await cluster.kubectlOk(['annotate', '--overwrite', '-n', namespace, NAME, pass]);
}

/** Releases that are well, frozen, promoted, and split. */
async function stage(cluster: Cluster): Promise<void> {
  await Promise.all(['pay', 'shop', 'web'].map((namespace) => installCopy(cluster, namespace)));
  await Promise.all(['demo-bluegreen', 'shop'].map((namespace) => attest(cluster, namespace)));
  await cluster.kubectlOk(['bluegreen', 'promote', 'bluegreen-wrr', '-n', 'shop']);
  await cluster.kubectlOk(['bluegreen', 'freeze', 'bluegreen-wrr', '-n', 'pay', '--reason', FREEZE]);
  await cluster.kubectlOk(['label', 'namespace', 'web', 'bluegreen.dev/mode=off']);
  const split = JSON.stringify({ spec: weightedSpec(60, 30) });
  await cluster.kubectlOk(['patch', '-n', 'web', NAME, '--type=merge', '-p', split]);
}

/** Takes a picture of what the window shows, as WebP: the browser itself compresses it. */
async function picture(browser: Browser, page: Page, name: string): Promise<void> {
  const png = await page.screenshot();
  const converter = await browser.newPage();
  const data = await converter.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.toString('base64')}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
    return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
  })()`);
  await converter.close();
  writeFileSync(join(IMAGES, `${name}.webp`), Buffer.from(data, 'base64'));
}

async function takeAll(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 560 }, colorScheme: 'light' });
  await page.goto(url);
  await page.getByText('need attention').or(page.getByText('in trouble')).waitFor();
  await sleep(7000);
  await picture(browser, page, 'dashboard-list');
  await page.setViewportSize({ width: 1280, height: 1180 });
  await page.getByRole('link', { name: 'shop/bluegreen-wrr' }).click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await sleep(7000);
  await picture(browser, page, 'dashboard-release');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1280, height: 700 });
  await page.getByRole('button', { name: /^ROLL BACK/ }).click();
  await page.getByText('Production goes from').waitFor();
  await picture(browser, page, 'dashboard-rollback');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 780 });
  await page.locator('.row').first().waitFor();
  await sleep(500);
  await picture(browser, page, 'dashboard-phone');
}

async function main(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const cluster = await startCluster({ images: await allImages() });
  try {
    const traefik = await installTraefik(cluster, { providersThrottleDuration: '0s' });
    await Promise.all([installBluegreen(cluster), installPlugin(cluster)]);
    await installDemo(cluster);
    const clients = ['podinfo', 'pay', 'shop', 'web'].map((name, index) =>
      startTraffic({ url: `${traefik.url}/`, host: `${name}.localhost`, connections: 1, pause: 20 * (index + 1) }),
    );
    const served = await serve(cluster);
    const browser = await startBrowser();
    await sleep(20_000);
    await stage(cluster);
    await sleep(10_000);
    await takeAll(browser, served.url);
    await browser.close();
    await Promise.all([served.stop(), ...clients.map((each) => each.stop())]);
  } finally {
    await cluster.stop();
  }
}

await main().catch(reportProblem);
